import * as z from 'zod/mini';
import type { MonitorCounts } from '../../health/port.ts';

/** From the best to the worst. Nothing is known of `unknown`. */
export const STATES = ['operational', 'unknown', 'maintenance', 'degraded', 'partial_outage', 'major_outage'] as const;
export const ComponentState = z.enum(STATES);
export type ComponentState = z.infer<typeof ComponentState>;

/** What a person may say of a component. */
export const StatedState = z.enum(['operational', 'maintenance', 'degraded', 'partial_outage', 'major_outage']);
export type StatedState = z.infer<typeof StatedState>;

/** The words for readers of a page. */
export const STATE_NAMES: Readonly<Record<ComponentState, string>> = {
  operational: 'Operational',
  unknown: 'Not known',
  maintenance: 'Maintenance',
  degraded: 'Degraded performance',
  partial_outage: 'Partial outage',
  major_outage: 'Major outage',
};

const rank = (state: ComponentState): number => STATES.indexOf(state);

export const worst = (states: readonly ComponentState[]): ComponentState =>
  states.reduce<ComponentState>((found, each) => (rank(each) > rank(found) ? each : found), 'operational');

/** The state that follows from the monitors of a component. */
export const stateOfMonitors = ({ up, down, maintenance }: MonitorCounts): ComponentState => {
  if (down > 0) return up + maintenance > 0 ? 'partial_outage' : 'major_outage';
  if (maintenance > 0) return 'maintenance';
  return up > 0 ? 'operational' : 'unknown';
};
