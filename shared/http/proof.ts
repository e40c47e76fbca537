import type { Permission } from '../kernel/permission.ts';
import type { Route } from './route.ts';

/**
 * A deletion of what one of these permissions configures may leave alarms without a watch, a schedule or a reader. Acts of a night on call
 * (alerts, incidents, silences, overrides, swaps) are not among them: nobody should look for a key at three in the morning.
 */
const CONFIGURES: ReadonlySet<string> = new Set<Permission>([
  'monitoring.config.update',
  'oncall.policy.write',
  'oncall.schedule.write',
  'oncall.service.write',
  'status.write',
]);

/** The proof that a route needs of people: its own, or that of a deletion of configuration. Surfaces of vendors have no way to ask for one. */
export const proofOf = ({
  method,
  permission,
  vendorRoot,
  tolerant,
  proof,
}: Pick<Route, 'method' | 'permission' | 'vendorRoot' | 'tolerant' | 'proof'>): Route['proof'] =>
  proof ?? (method === 'DELETE' && CONFIGURES.has(permission) && !vendorRoot && !tolerant ? 'two-factor' : undefined);
