import type { AlertMessage } from '../../alerts/events.ts';
import type { FactStore } from './fact-store.ts';

export interface PublishedDeps {
  readonly facts: Pick<FactStore, 'lastPublished'>;
}

/**
 * A restored table counts transitions again from where it was, so a transition that happened longer than this after the last published one is
 * another one of the same number. Clocks of functions differ by less, and a restore takes longer.
 */
const SAME_TABLE_MS = 60_000;

/** Finds which transitions were published. Those of an alert are published in their order, so the last one says it of all before it. */
export const findPublished = async (
  { facts }: PublishedDeps,
  messages: readonly AlertMessage[],
): Promise<(message: AlertMessage) => boolean> => {
  const last = await facts.lastPublished(
    messages.map(({ alert }) => ({ alertId: alert.id, openedAt: alert.firstSeenAt })),
  );
  return ({ alert, sequence, at }) => {
    const known = last.get(alert.id);
    return known !== undefined && sequence <= known.sequence && Date.parse(at) <= Date.parse(known.at) + SAME_TABLE_MS;
  };
};
