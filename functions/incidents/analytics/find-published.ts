import type { AlertMessage } from '../../alerts/events.ts';
import type { FactStore } from './fact-store.ts';

export interface PublishedDeps {
  readonly facts: Pick<FactStore, 'lastPublished'>;
}

/** Finds which transitions were published. Those of an alert are published in their order, so the last one says it of all before it. */
export const findPublished = async (
  { facts }: PublishedDeps,
  messages: readonly AlertMessage[],
): Promise<(message: AlertMessage) => boolean> => {
  const last = await facts.lastPublished(
    messages.map(({ alert }) => ({ alertId: alert.id, openedAt: alert.firstSeenAt })),
  );
  return ({ alert, sequence }) => sequence <= (last.get(alert.id) ?? 0);
};
