import { join } from 'node:path';
import type { Assembly, Lambdas, LocalClock, LocalLog, Resource } from '../../types.ts';
import { openDurableMap } from '../core/durable-map.ts';
import { isEnabled, readMapping } from '../core/mapping.ts';
import { startEngine } from './engine.ts';
import { startFront, type FrontOptions } from './front.ts';
import { startStreamPump, type StreamPump } from './stream-pump.ts';
import { latestPosition, trimHorizon, type StreamPosition } from './stream-reader.ts';
import { createTables } from './tables.ts';
import { startTimeToLive } from './time-to-live.ts';
import { connectDynamo } from './wire.ts';

export interface DynamoService {
  /** For functions. */
  readonly endpoint: string;
  /** Resolves when no stream holds a record that is due. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

/** The tables of the template in an engine of their own, their expiry, and the delivery of their streams. */
export async function startDynamo(options: {
  readonly assembly: Assembly;
  readonly lambdas: Lambdas;
  readonly clock: LocalClock;
  readonly log: LocalLog;
  readonly directory: string | undefined;
  /** Given: functions reach the engine through a proxy that can refuse. */
  readonly front: Omit<FrontOptions, 'assembly' | 'onWritten'> | undefined;
  readonly sendTo: (arn: string, body: string) => void;
}): Promise<DynamoService> {
  const { assembly, lambdas, clock, log, directory } = options;
  const engine = await startEngine({ directory, log });
  const wire = connectDynamo(engine.endpoint);
  const checkpoints = openDurableMap<{ position: StreamPosition }>(directory && join(directory, 'checkpoints.jsonl'));
  try {
    const tables = await createTables(assembly, wire, log);
    const pumps: StreamPump[] = [];
    const timeToLive = startTimeToLive(tables, wire, clock, log, (table) =>
      pumps
        .filter((pump) => pump.table === table)
        .forEach((pump) => {
          pump.written();
          pump.poke();
        }),
    );

    for (const resource of assembly.byType('AWS::Lambda::EventSourceMapping')) {
      const table = tables.find((each) => isStreamOf(resource, each.arn));
      if (!table?.engineStreamArn || !isEnabled(resource)) continue;
      const mapping = readMapping(resource, 100);
      const fromLatest = mapping.startingPosition === 'LATEST' && !table.isNew;
      pumps.push(
        startStreamPump({
          mapping,
          table: table.name,
          engineStreamArn: table.engineStreamArn,
          start: fromLatest ? await latestPosition(wire, table.engineStreamArn) : trimHorizon,
          region: assembly.region,
          wire,
          lambdas,
          clock,
          log,
          checkpoints,
          timeToLive: () => timeToLive,
          hearsWrites: options.front !== undefined,
          sendTo: options.sendTo,
        }),
      );
    }

    const tablesOf = tablesByFunction(assembly, new Set(tables.map((table) => table.name)));
    lambdas.onSettled((name) => {
      const written = tablesOf.get(name);
      for (const pump of pumps) if (!written || written.has(pump.table)) pump.poke();
    });

    const onWritten = (names: ReadonlySet<string>): void => {
      for (const pump of pumps) if (names.has(pump.table)) pump.written();
    };
    const front = options.front && (await startFront(engine.endpoint, { assembly, onWritten, ...options.front }));
    return {
      endpoint: front?.url ?? engine.endpoint,
      async drain() {
        await Promise.all(pumps.map((pump) => pump.drain()));
      },
      async stop() {
        timeToLive.stop();
        for (const pump of pumps) pump.stop();
        await front?.stop();
        wire.close();
        checkpoints.close();
        await engine.stop();
      },
    };
  } catch (error) {
    wire.close();
    checkpoints.close();
    await engine.stop();
    throw error;
  }
}

function isStreamOf(mapping: Resource, tableArn: string): boolean {
  return String(mapping.properties['EventSourceArn']).startsWith(`${tableArn}/stream/`);
}

/**
 * Which tables a function can write to: those that its environment names. A settled function then has only the streams
 * looked at that it may have written to; one that names no table at all has every stream looked at.
 */
function tablesByFunction(
  assembly: Pick<Assembly, 'byType'>,
  tables: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, ReadonlySet<string>>();
  for (const resource of assembly.byType('AWS::Lambda::Function')) {
    const values = Object.values<unknown>(resource.properties['Environment']?.Variables ?? {});
    const named = values
      .map((value) => String(value).replace(/^arn:.*:table\//, ''))
      .filter((value) => tables.has(value));
    if (named.length > 0) {
      found.set(resource.physicalId, new Set(named));
      found.set(resource.arn, new Set(named));
    }
  }
  return found;
}
