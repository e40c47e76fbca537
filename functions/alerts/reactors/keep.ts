import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import type { StoredAlert } from '../alert.ts';
import { keepDeps } from '../deps.ts';
import { supersededIn, transitionsIn } from '../publish/transitions-in.ts';
import type { AlertStore } from '../store.ts';

/**
 * Writes a transition into the timeline of its alert once another one follows it, and archives resolved alerts. The alert itself
 * carries its first and its latest transition, so one that only opened and was resolved takes no entries.
 */
export const keeper = (deps: () => PoisonDeps & { readonly store: Pick<AlertStore, 'addEntry' | 'archive'> }) =>
  streamReactor<StoredAlert & { slot: string; item: string }>(deps, async (written) => {
    const { store } = deps();
    const alert = transitionsIn(written).at(-1);
    const superseded = supersededIn(written);
    if (superseded) await store.addEntry(superseded);
    if (alert?.status === 'resolved' && alert.item !== alert.id) await store.archive(alert);
  });

export const handler = keeper(keepDeps);
