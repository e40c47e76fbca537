import type { Caller } from '../../shared/kernel/caller.ts';
import type { AlertEvent, LabelFormat } from '../alerts/port.ts';
import type { StoredIntegration } from './resources/integration.ts';

/** A sender of events: the holder of a machine key, or of the key of an integration. */
export interface Sender extends Caller {
  /** Undefined for a machine key. */
  readonly integration?: StoredIntegration | undefined;
}

/** The permission of every sender. */
export const INGEST_PERMISSION = 'integrations.ingest';

export const senderBy = (integration: StoredIntegration): Sender & { readonly integration: StoredIntegration } => ({
  kind: 'machine',
  id: integration.id,
  name: integration.name,
  sessionId: '',
  roles: [],
  permissions: [INGEST_PERMISSION],
  tier: 'machine',
  restricted: false,
  integration,
});

/** The name in the source of an integration, which stays when the integration is renamed. */
const nameInSource = ({ source, type }: StoredIntegration): string => source.slice(type.length + 1);

/**
 * The `source` of alerts from a sender of labels. It has the name of the key, not its id: people read it, filters name it, and a new
 * key of the same name continues the alerts of the old one.
 */
export const sourceOf = (format: LabelFormat, { name, integration }: Sender): string =>
  `${format}:${integration ? nameInSource(integration) : name}`.slice(0, 128);

/** After how long without an event the alerts of an integration resolve by themselves. */
export const lifetimeOf = (
  integration: Pick<StoredIntegration, 'autoResolveMinutes'> | undefined,
): Pick<AlertEvent, 'expiresAfterMinutes'> =>
  integration?.autoResolveMinutes === undefined ? {} : { expiresAfterMinutes: integration.autoResolveMinutes };

/** An event with the service, team and lifetime of its integration, where it names none. */
export const withDefaults = <Event extends Pick<AlertEvent, 'service' | 'team' | 'expiresAfterMinutes'>>(
  event: Event,
  { integration }: Pick<Sender, 'integration'>,
): Event => ({
  ...event,
  service: event.service ?? integration?.service ?? null,
  team: event.team ?? integration?.team ?? null,
  ...lifetimeOf(integration),
});

/** The integration of a caller whose key is that of one. */
export const integrationOfSender = (caller: Sender): StoredIntegration => {
  if (!caller.integration) throw new Error('The caller holds no key of an integration');
  return caller.integration;
};
