import { streamReactor } from '../../../shared/aws/stream.ts';
import type { StoredAlert } from '../alert.ts';
import { keepDeps } from '../deps.ts';
import { transitionIn } from '../written.ts';

/** Keeps each transition as an entry of the alert's timeline, and moves a resolved alert out of its slot. */
export const handler = streamReactor<StoredAlert & { slot: string; item: string }>(keepDeps, async (written) => {
  const alert = transitionIn(written);
  if (!alert) return;
  const { store } = keepDeps();
  await store.keepEntry(alert);
  if (alert.status === 'resolved' && alert.item !== alert.id) await store.lay(alert);
});
