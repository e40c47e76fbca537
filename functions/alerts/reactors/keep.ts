import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import type { StoredAlert } from '../alert.ts';
import { keepDeps } from '../deps.ts';
import { memoryIn, staleIn } from '../event-names.ts';
import { OPEN } from '../items.ts';
import type { AlertStore } from '../store.ts';
import { transitionsIn } from '../publish/transitions-in.ts';

/** A slot may remember so many old producers before a write removes them, so that such writes are rare. */
const FORGET_AT = 8;

/** Writes each transition into the timeline of its alert, and archives resolved alerts. */
export const keeper = (
  deps: () => PoisonDeps & { readonly store: Pick<AlertStore, 'addEntry' | 'archive' | 'forgetProducers'> },
) =>
  streamReactor<StoredAlert & { slot: string; item: string }>(deps, async (written) => {
    const { store } = deps();
    const transitions = transitionsIn(written);
    for (const alert of transitions) await store.addEntry(alert);
    const alert = transitions.at(-1);
    if (alert?.status === 'resolved' && alert.item !== alert.id) await store.archive(alert);
    const { slot, item } = written.after ?? {};
    const stale = staleIn(memoryIn(written.after), written.at);
    if (slot && item === OPEN && stale.length >= FORGET_AT) await store.forgetProducers(slot, stale);
  });

export const handler = keeper(keepDeps);
