import type { Clock } from '../../../shared/kernel/clock.ts';
import type { AlertMessage } from '../../alerts/events.ts';
import { factIn } from './fact.ts';
import type { AnalyticsStore } from './store.ts';

export interface RecordDeps {
  readonly clock: Clock;
  readonly facts: Pick<AnalyticsStore, 'noteAlert'>;
}

/** Keeps what a transition of an alert adds to figures. Told twice or in any order, it comes to the same. */
export const record = async ({ clock, facts }: RecordDeps, message: AlertMessage): Promise<void> => {
  const known = factIn(message);
  if (known) await facts.noteAlert(known.fact, clock.now(), known.first);
};
