import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isThrottled } from '../../lambda/failure.ts';
import type { Lambdas, LocalClock, LocalLog } from '../../types.ts';
import type { DurableMap } from '../core/durable-map.ts';
import { failedItems, type Mapping } from '../core/mapping.ts';
import { changedNothing, streamEventRecord, type StreamRecord } from './stream-event.ts';
import { openStreamReader, type ReadRecord, type StreamPosition } from './stream-reader.ts';
import type { TimeToLive } from './time-to-live.ts';
import type { DynamoWire } from './wire.ts';

export interface StreamPump {
  readonly table: string;
  /** Somebody has written to the table: there may be records that were not read yet. */
  written(): void;
  /** Look for records now, where there may be any. */
  poke(): void;
  /** Resolves when every record written before the call is delivered, given up, or failing again and again. */
  drain(): Promise<void>;
  stop(): void;
}

export interface StreamPumpOptions {
  readonly mapping: Mapping;
  readonly table: string;
  readonly engineStreamArn: string;
  /** Where to begin when there is no checkpoint of the stream yet. */
  readonly start: StreamPosition;
  readonly region: string;
  readonly wire: DynamoWire;
  readonly lambdas: Pick<Lambdas, 'invoke'>;
  readonly clock: LocalClock;
  readonly log: LocalLog;
  readonly checkpoints: DurableMap<{ position: StreamPosition }>;
  readonly timeToLive: () => TimeToLive | undefined;
  /** Every write is reported by `written`, so a stream is read only after one. Otherwise it is read again and again. */
  readonly hearsWrites: boolean;
  /** Sends to a queue or a topic by ARN. */
  readonly sendTo: (arn: string, body: string) => void;
}

interface Entry {
  readonly shardId: string;
  readonly record: StreamRecord;
  readonly createdAt: number;
  done: boolean;
}

interface Batch {
  readonly entries: readonly Entry[];
  /** Invocations that failed, for the quota. */
  readonly attempts: number;
  /** Failures in a row, for the back-off. */
  readonly failures: number;
}

/** Between two reads of a stream that flows: a batch is worth more than a record. The first record never waits. */
const breathMs = 10;
const activePollMs = 100;
const idlePollMs = 400;
const staysActiveMs = 10_000;
/** For writes that nobody reports, such as those of another program at the same engine. */
const unheardPollMs = 5_000;
const firstBackOffMs = 50;
// In real time a test or a person waits; in moved time an hour must not be a thousand retries.
const longestBackOffMs = 3_000;
const longestMovedBackOffMs = 60_000;
/** After so many failures a batch that waits for its retry no longer holds up `drain`. */
const failuresUntilStuck = 6;

/**
 * Delivers one table's stream to one function: each partition key in order, each record at least once, the checkpoint
 * moved only past what was delivered or given up. Records are read at every poke, and now and then without one.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
 */
export function startStreamPump(options: StreamPumpOptions): StreamPump {
  const { mapping, wire, lambdas, clock, log, checkpoints } = options;
  const lanes = Array.from({ length: mapping.parallelization }, () => ({
    queue: [] as Entry[],
    running: false,
    /** Waits for the retry of what has failed again and again. */
    isStuck: false,
  }));
  type Lane = (typeof lanes)[number];
  // In the order of the stream; its head is the oldest record that is not yet settled.
  let open: Entry[] = [];
  const checkpointKey = `${mapping.id} ${options.engineStreamArn}`;
  // The checkpoint exists from the start: what is written before the first delivery must survive a kill as well.
  if (!checkpoints.has(checkpointKey)) checkpoints.put(checkpointKey, { position: options.start });
  const reader = openStreamReader(
    wire,
    options.engineStreamArn,
    checkpoints.get(checkpointKey)?.position ?? options.start,
  );
  let polling: Promise<number> | undefined;
  let again = false;
  // The stream is read up to write number `read` of `written`. What an earlier run left is not read yet.
  let written = 1;
  let read = 0;
  let stopped = false;
  let draining = 0;
  let lastActivity = Date.now();
  let lastPoll = 0;
  let timer: NodeJS.Timeout | undefined;
  const wakeLanes = new Set<() => void>();
  const endBackOff = new Set<() => void>();

  /** Answers how many records came in. */
  function poll(): Promise<number> {
    if (polling) {
      again = true;
      return polling;
    }
    lastPoll = Date.now();
    polling = (async () => {
      let count = 0;
      do {
        again = false;
        const room = Math.max(1_000, mapping.batchSize) - open.length;
        if (room <= 0 || stopped) break;
        const writes = written;
        const records = await reader.next(Math.min(room, 1_000));
        if (stopped) break;
        take(records);
        if (records.length === 0) read = writes;
        count += records.length;
        if (records.length > 0) {
          again = true;
          await sleep(breathMs);
        }
      } while (again);
      if (count > 0) lastActivity = Date.now();
      return count;
    })().finally(() => (polling = undefined));
    return polling;
  }

  function take(records: readonly ReadRecord[]): void {
    if (records.length === 0) return;
    const clockOffsetMs = clock.now() - Date.now();
    const woken = new Set<Lane>();
    for (const { shardId, record: raw } of records) {
      const expiry = expiryOf(raw);
      const record = streamEventRecord(raw, {
        region: options.region,
        streamArn: mapping.sourceArn,
        clockOffsetMs,
        isExpiry: raw.eventName === 'REMOVE' && expiry,
      });
      const entry: Entry = {
        shardId,
        record,
        createdAt: record.dynamodb.ApproximateCreationDateTime * 1_000,
        done: changedNothing(record) || !mapping.accepts(record),
      };
      open.push(entry);
      if (entry.done) continue;
      const lane = lanes[laneOf(record)] as Lane;
      lane.queue.push(entry);
      woken.add(lane);
    }
    for (const lane of woken) void run(lane);
    for (const wake of wakeLanes) wake();
    settle();
  }

  function expiryOf(record: StreamRecord): boolean {
    return options.timeToLive()?.removed(options.table, record.dynamodb.Keys, undefined) ?? false;
  }

  function laneOf(record: StreamRecord): number {
    if (lanes.length === 1) return 0;
    const key = JSON.stringify(Object.entries(record.dynamodb.Keys)[0]);
    let hash = 0;
    for (let index = 0; index < key.length; index++) hash = (hash * 31 + key.charCodeAt(index)) >>> 0;
    return hash % lanes.length;
  }

  async function run(lane: Lane): Promise<void> {
    if (lane.running) return;
    lane.running = true;
    try {
      while (lane.queue.length > 0 && !stopped) {
        await fillWindow(lane);
        const entries = lane.queue.splice(0, mapping.batchSize);
        if (entries.length > 0) await deliver(lane, entries);
      }
    } finally {
      lane.running = false;
    }
  }

  async function fillWindow(lane: Lane): Promise<void> {
    if (mapping.windowMs === 0) return;
    const until = clock.now() + mapping.windowMs;
    while (lane.queue.length < mapping.batchSize && clock.now() < until && draining === 0 && !stopped) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          cancel();
          wakeLanes.delete(wake);
          resolve();
        };
        const cancel = clock.schedule(until, wake);
        wakeLanes.add(wake);
      });
    }
  }

  async function deliver(lane: Lane, entries: readonly Entry[]): Promise<void> {
    const batches: Batch[] = [{ entries, attempts: 0, failures: 0 }];
    while (!stopped) {
      const batch = batches.shift();
      if (!batch) break;
      const tooOld = batch.entries.filter((entry) => clock.now() - entry.createdAt > mapping.maximumAgeMs);
      if (tooOld.length > 0) giveUp(tooOld, 'RecordAgeExceeded', batch.attempts);
      const due = batch.entries.filter((entry) => !entry.done);
      if (due.length === 0) continue;

      const delivered = await attempt(due);
      if (stopped) break;
      if (delivered === 'throttled') {
        // The function did not run: that uses up no retry, and splits nothing.
        const failures = batch.failures + 1;
        batches.unshift({ entries: due, attempts: batch.attempts, failures });
        await waitFor(lane, failures);
        continue;
      }
      done(due.slice(0, delivered));
      const rest = due.slice(delivered);
      if (rest.length === 0) continue;

      const attempts = delivered > 0 ? 1 : batch.attempts + 1;
      const failures = delivered > 0 ? 1 : batch.failures + 1;
      if (mapping.bisects && delivered === 0 && rest.length > 1) {
        // Splitting does not use up a retry.
        const half = Math.ceil(rest.length / 2);
        batches.unshift(
          { entries: rest.slice(0, half), attempts: batch.attempts, failures },
          { entries: rest.slice(half), attempts: batch.attempts, failures: 0 },
        );
      } else if (mapping.maximumRetries >= 0 && attempts > mapping.maximumRetries) {
        giveUp(rest, 'RetryAttemptsExhausted', attempts);
        continue;
      } else {
        batches.unshift({ entries: rest, attempts, failures });
      }
      await waitFor(lane, failures);
    }
  }

  async function waitFor(lane: Lane, failures: number): Promise<void> {
    lane.isStuck = failures >= failuresUntilStuck;
    await backOff(failures);
    lane.isStuck = false;
  }

  /** How many entries from the front were handled. */
  async function attempt(entries: readonly Entry[]): Promise<number | 'throttled'> {
    let answer: unknown;
    try {
      answer = await lambdas.invoke(mapping.functionName, { Records: entries.map((entry) => entry.record) });
    } catch (error) {
      // The runtime has logged what the function threw.
      return isThrottled(error) ? 'throttled' : 0;
    }
    if (!mapping.reportsItemFailures) return entries.length;
    const numbers = entries.map((entry) => entry.record.dynamodb.SequenceNumber);
    const failed = failedItems(answer, new Set(numbers));
    if (failed === 'all') return 0;
    const first = numbers.findIndex((number) => failed.has(number));
    return first < 0 ? entries.length : first;
  }

  // Ends by real or by moved time, whichever comes first: the clock stands while what is due at an instant is worked
  // off, and that may be this.
  function backOff(failures: number): Promise<void> {
    const wait = firstBackOffMs * 2 ** (failures - 1);
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        clearTimeout(real);
        endBackOff.delete(end);
        resolve();
      };
      const real = setTimeout(end, Math.min(longestBackOffMs, wait));
      const cancel = clock.schedule(clock.now() + Math.min(longestMovedBackOffMs, wait), end);
      endBackOff.add(end);
    });
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
  function giveUp(entries: readonly Entry[], condition: string, attempts: number): void {
    const [first, last] = [entries[0] as Entry, entries.at(-1) as Entry];
    log('streams', `${mapping.functionName} is spared ${entries.length} records of ${options.table}: ${condition}`);
    if (mapping.onFailureArn) {
      const message = {
        requestContext: {
          requestId: randomUUID(),
          functionArn: mapping.functionName,
          condition,
          approximateInvokeCount: attempts,
        },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        version: '1.0',
        timestamp: new Date(clock.now()).toISOString(),
        DDBStreamBatchInfo: {
          shardId: first.shardId,
          startSequenceNumber: first.record.dynamodb.SequenceNumber,
          endSequenceNumber: last.record.dynamodb.SequenceNumber,
          approximateArrivalOfFirstRecord: new Date(first.createdAt).toISOString(),
          approximateArrivalOfLastRecord: new Date(last.createdAt).toISOString(),
          batchSize: entries.length,
          streamArn: mapping.sourceArn,
        },
      };
      options.sendTo(mapping.onFailureArn, JSON.stringify(message));
    }
    done(entries);
  }

  function done(entries: readonly Entry[]): void {
    for (const entry of entries) entry.done = true;
    settle();
  }

  /** Moves the checkpoint over everything at the head of the stream that is settled. */
  function settle(): void {
    let count = 0;
    while (open[count]?.done) count += 1;
    if (count === 0) return;
    const last = open[count - 1] as Entry;
    open = open.slice(count);
    checkpoints.put(checkpointKey, {
      position: { shardId: last.shardId, sequenceNumber: last.record.dynamodb.SequenceNumber },
    });
    // There is room again for what the reader left in the stream.
    if (count >= 1_000) poke();
  }

  function mayHaveRecords(): boolean {
    return !options.hearsWrites || read !== written;
  }

  function poke(): void {
    if (stopped || !mayHaveRecords()) return;
    lastActivity = Date.now();
    poll().catch(() => undefined);
  }

  function pollLater(): void {
    if (stopped) return;
    const isActive = Date.now() - lastActivity < staysActiveMs;
    timer = setTimeout(
      () => {
        const isDue = mayHaveRecords() || Date.now() - lastPoll >= unheardPollMs;
        (isDue ? poll() : Promise.resolve(0))
          .catch((error: unknown) => {
            if (!stopped) log('streams', `The stream of ${options.table} cannot be read`, error);
          })
          .finally(pollLater);
      },
      isActive ? activePollMs : idlePollMs,
    ).unref();
  }
  pollLater();

  return {
    table: options.table,
    written() {
      written += 1;
    },
    poke,
    async drain() {
      draining += 1;
      for (const wake of wakeLanes) wake();
      try {
        while (!stopped) {
          // A poll that was under way may have read before the caller's write.
          await polling?.catch(() => 0);
          const count = mayHaveRecords() ? await poll() : 0;
          const busy = lanes.some((lane) => (lane.running || lane.queue.length > 0) && !lane.isStuck);
          if (count === 0 && !busy) return;
          if (busy) await new Promise((resolve) => setTimeout(resolve, 2));
        }
      } finally {
        draining -= 1;
      }
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      for (const wake of [...wakeLanes, ...endBackOff]) wake();
    },
  };
}
