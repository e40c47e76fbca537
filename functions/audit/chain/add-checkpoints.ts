import type { Clock } from '../../../shared/kernel/clock.ts';
import {
  beginningOf,
  closedUntil,
  emptyChain,
  endOf,
  faultsOf,
  signedText,
  windowAfter,
  type ChainEnd,
  type Checkpoint,
  type CheckpointHead,
} from './checkpoint.ts';
import type { ChainStore } from './store.ts';
import type { Signer, TrustedKeys } from './signature.ts';

/** Where the trail's chain ended last, kept outside of the table. */
export interface ChainEndStore {
  readonly read: () => Promise<ChainEnd | undefined>;
  readonly write: (end: ChainEnd) => Promise<void>;
}

/** A copy of each checkpoint that nobody can change. */
export interface CheckpointCopies {
  /** Answers the one that is there: this one, or the one that was written before. */
  readonly add: (checkpoint: Checkpoint) => Promise<Checkpoint>;
}

export interface AddCheckpointsDeps {
  readonly store: Pick<ChainStore, 'addCheckpoint' | 'checkpointBefore' | 'contentOf'>;
  readonly end: ChainEndStore;
  /** Undefined where the stage keeps no copies. */
  readonly copies?: CheckpointCopies | undefined;
  readonly signer: () => Promise<Signer>;
  readonly keys: () => Promise<TrustedKeys>;
  readonly retentionDays: number;
  readonly clock: Clock;
  readonly remainingMs: () => number;
}

/** A window of an hour takes seconds. One that is not begun is closed by the next run. */
const LEAST_MS = 30_000;

/**
 * Closes every hour that can be closed: adds a checkpoint over its entries, and answers how many. Of two runs at once one adds each, and the
 * other goes on from it. Throws where the table has a checkpoint in its place that is not one of this chain.
 */
export const addCheckpoints = async (deps: AddCheckpointsDeps): Promise<number> => {
  const { store, end, clock, retentionDays, remainingMs } = deps;
  const until = closedUntil(clock.now());
  let added = 0;
  let before = (await end.read()) ?? (await endInTable(deps)) ?? emptyChain(beginningOf(clock.now(), retentionDays));
  while (before.to < until && remainingMs() > LEAST_MS) {
    const made = await checkpointAfter(deps, before, until);
    const kept = await store.addCheckpoint(made);
    const faults = faultsOf(kept, { before, links: undefined, keys: await deps.keys() });
    if (faults.length > 0)
      throw new Error(`Checkpoint ${kept.number} of ${kept.from} is not ours: ${faults.join(' ')}`);
    before = endOf(kept);
    await end.write(before);
    if (kept.signature === made.signature) added++;
  }
  return added;
};

/** The end of a chain whose end is written nowhere else. */
const endInTable = async ({ store, keys }: AddCheckpointsDeps): Promise<ChainEnd | undefined> => {
  const last = await store.checkpointBefore();
  if (!last) return undefined;
  const faults = faultsOf(last, { before: undefined, links: undefined, keys: await keys() });
  if (faults.length > 0) throw new Error(`Checkpoint ${last.number} of ${last.from} is not ours: ${faults.join(' ')}`);
  return endOf(last);
};

const checkpointAfter = async (deps: AddCheckpointsDeps, before: ChainEnd, until: string): Promise<Checkpoint> => {
  const window = windowAfter(before.to, until);
  const { entries, link } = await deps.store.contentOf(window, before.hash);
  const signer = await deps.signer();
  const head: CheckpointHead = {
    number: before.number + 1,
    ...window,
    entries,
    link,
    previous: before.hash,
    at: deps.clock.now().toISOString(),
    key: signer.key,
  };
  const checkpoint = { ...head, signature: await signer.sign(signedText(head)) };
  // The copy is written first: where a run ends between the two, the next one puts the copy into the table.
  return deps.copies ? deps.copies.add(checkpoint) : checkpoint;
};
