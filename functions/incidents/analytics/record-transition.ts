import type { Clock } from '../../../shared/kernel/clock.ts';
import type { AlertMessage } from '../../alerts/events.ts';
import { factIn, publishedBy } from './fact.ts';
import type { FactStore } from './fact-store.ts';

export interface RecordDeps {
  readonly clock: Clock;
  readonly facts: Pick<FactStore, 'noteAlert' | 'notePublished'>;
}

/**
 * Adds a transition of an alert to the figures, and notes that it was published, where it was. Repeats and any order give the same
 * figures.
 */
export const recordTransition = async ({ clock, facts }: RecordDeps, message: AlertMessage): Promise<void> => {
  const known = factIn(message);
  if (known) return facts.noteAlert(known, clock.now());
  if (message.muted) return;
  const { id, firstSeenAt } = message.alert;
  await facts.notePublished({ alertId: id, openedAt: firstSeenAt, published: publishedBy(message) });
};
