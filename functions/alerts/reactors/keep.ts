import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import type { StoredAlert } from '../alert.ts';
import { keepDeps } from '../deps.ts';
import { memoryIn, staleIn } from '../event-names.ts';
import { OPEN } from '../items.ts';
import type { AlertStore } from '../store.ts';
import { transitionsIn } from '../publish/transitions-in.ts';

/** So many producers a slot may remember in vain: a write to forget them is rare. */
const FORGET_AT = 8;

/** Keeps each transition as an entry of the alert's timeline, and moves a resolved alert out of its slot. */
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
