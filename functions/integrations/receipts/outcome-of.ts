import type { AcceptedEvent, Alert, EventOutcome } from '../../alerts/port.ts';
import type { EventId } from './event-id.ts';

/** What events of the intake do, by the actions in their ids. */
const KINDS: Readonly<Record<string, AcceptedEvent['kind']>> = {
  trigger: 'trigger',
  create: 'trigger',
  resolve: 'resolve',
  close: 'resolve',
  acknowledge: 'acknowledge',
};

export interface OutcomeDeps {
  readonly alertById: (id: string) => Promise<Alert | undefined>;
  readonly outcome: (event: AcceptedEvent) => Promise<EventOutcome>;
}

/**
 * What became of an event: the alert that its id names, else what its slot says. An event that changed nothing is applied to no alert, and
 * so is one whose alert is older than alerts are stored.
 */
export const outcomeOf = async (
  { alertById, outcome }: OutcomeDeps,
  { action, alertId, slot, name, at }: EventId,
): Promise<EventOutcome> => {
  if (alertId !== undefined) return { state: 'applied', alert: (await alertById(alertId)) ?? null };
  const kind = KINDS[action];
  return kind && name ? outcome({ kind, slot, name, at }) : { state: 'applied', alert: null };
};
