import { minuteReader, type ReaderOptions } from '../../../shared/aws/drain-queue.ts';
import { countMetric, logger } from '../../../shared/aws/observe.ts';
import { fifoReactor } from '../../../shared/aws/queue.ts';
import { type PoisonDeps } from '../../../shared/aws/stream.ts';
import { PoisonedRecord } from '../../../shared/kernel/poisoned-record.ts';
import { replayEvent, type ReplayDeps } from '../intake/replay-event.ts';
import { maySucceedLater } from '../contended-slot.ts';
import { drainDeps, handOnToDrain, spilledQueue } from '../deps.ts';
import { spilledIn } from '../intake/spill.ts';
import { LOOKS_MS } from '../intake/wakes.ts';

/** Replays the events of the spill queue, those of one slot in their order. */
export const drainer = (deps: () => PoisonDeps & ReplayDeps) =>
  fifoReactor(
    deps,
    async ({ body, place }) => {
      const spilled = spilledIn(body);
      if (!spilled) throw new PoisonedRecord('not an event of the spill queue');
      const applied = await replayEvent(deps(), spilled, place);
      countMetric('DrainedEvents', 1);
      logger.info('drained', { event: spilled.id, acceptedAt: spilled.acceptedAt, applied });
    },
    maySucceedLater,
  );

/** What the table refused is tried again soon at first, and then each minute. */
const retrySeconds = (attempts: number): number | undefined => (attempts <= 5 ? 2 ** attempts : undefined);

export const DRAINING = { wakeMs: LOOKS_MS, retrySeconds } as const satisfies ReaderOptions;

/** Each minute, and when intake wakes it: replays what the spill queue has. */
export const handler = minuteReader(spilledQueue, drainer(drainDeps), { ...DRAINING, handOn: handOnToDrain });
