import type { Clock } from '../../../shared/kernel/clock.ts';
import type { AlertMessage } from '../../alerts/events.ts';
import { factIn } from './fact.ts';
import type { FactStore } from './fact-store.ts';

export interface RecordDeps {
  readonly clock: Clock;
  readonly facts: Pick<FactStore, 'noteAlert'>;
}

/** Adds a transition of an alert to the figures. Repeats and any order give the same result. */
export const recordTransition = async ({ clock, facts }: RecordDeps, message: AlertMessage): Promise<void> => {
  const known = factIn(message);
  if (known) await facts.noteAlert(known.fact, clock.now(), known.first);
};
