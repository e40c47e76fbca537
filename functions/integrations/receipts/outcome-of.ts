import type { AcceptedEvent, Alert, EventId, EventOutcome } from '../../alerts/port.ts';

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
  { action, alertId, slot, name, at, effect }: EventId,
): Promise<EventOutcome> => {
  if (alertId !== undefined) return { state: 'applied', alert: (await alertById(alertId)) ?? null };
  const kind = KINDS[action];
  if (!kind || !name) return { state: 'applied', alert: null };
  const found = await outcome({ kind, slot, name, at });
  // What is known to have changed nothing does not wait.
  return found.state === 'waiting' && effect === 'nothing' ? { state: 'applied', alert: null } : found;
};
