import { streamReactor } from '../../../shared/aws/stream.ts';
import type { StoredAlert } from '../alert.ts';
import { keepDeps } from '../deps.ts';
import { transitionsIn } from '../written.ts';

/** Keeps each transition as an entry of the alert's timeline, and moves a resolved alert out of its slot. */
export const handler = streamReactor<StoredAlert & { slot: string; item: string }>(keepDeps, async (written) => {
  const transitions = transitionsIn(written);
  const { store } = keepDeps();
  for (const alert of transitions) await store.keepEntry(alert);
  const alert = transitions.at(-1);
  if (alert?.status === 'resolved' && alert.item !== alert.id) await store.lay(alert);
});
