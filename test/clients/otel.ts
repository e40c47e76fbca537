import { deepStrictEqual, ok } from 'node:assert/strict';
import { join } from 'node:path';
import { run } from '../support/tools/child.ts';
import type { Command } from '../support/tools/debian.ts';
import { eventually } from '../../operate/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { goBuild } from '../support/tools/go.ts';
import { repository, toolCache } from '../support/tools/paths.ts';
import { pythonTools } from '../support/tools/python.ts';
import { javaProgram } from './java.ts';
import type { Scene } from './lifecycle.ts';

const sources = join(repository, 'test', 'clients', 'otel');
const log = (name: string): string => join(toolCache, 'logs', `clients-otel-${name}.log`);

const pythonProgram = async (): Promise<Command> => {
  const bin = await pythonTools('otel', [
    'opentelemetry-sdk==1.45.2',
    'opentelemetry-exporter-otlp-proto-http==1.45.2',
  ]);
  return [join(bin, 'python3'), join(sources, 'export.py')];
};

const goProgram = async (): Promise<Command> => [await goBuild('otel-export', sources)];

interface Answer {
  readonly items: readonly { readonly points: readonly { readonly value: number }[] }[];
}

/** An SDK in one of its languages, and the temporality that its histograms have. */
export interface Exporter {
  readonly language: 'Python' | 'Go' | 'Java';
  readonly temporality: 'cumulative' | 'delta';
  /** The program in between and its address for exports; without it the SDK exports to Tocsin. */
  readonly through?: { readonly name: string; start(key: string): Promise<string> };
}

const PROGRAMS = { Python: pythonProgram, Go: goProgram, Java: () => javaProgram('ExportMetrics') };

/** Tests of an SDK of OpenTelemetry that is configured by its environment. */
export function exportGuarantee({ tocsin }: Scene, { language, temporality, through }: Exporter): Guarantee {
  // Letters in lower case, since SDKs take names without regard to case.
  const prefix = [language, ...(through ? [through.name] : []), temporality]
    .join('.')
    .toLowerCase()
    .replaceAll(/[^a-z.]/g, '');
  const figure = async (name: string, aggregation: string): Promise<number | undefined> => {
    // One step for all that was exported, whatever the time is.
    const query = `name=${prefix}.${name}&aggregation=${aggregation}&step=604800`;
    const { items } = await tocsin.admin.get<Answer>(`/api/monitoring/metrics?${query}`);
    return items[0]?.points.at(-1)?.value;
  };
  const figures = async (name: string, ...aggregations: readonly string[]): Promise<(number | undefined)[]> =>
    Promise.all(aggregations.map((aggregation) => figure(name, aggregation)));

  return {
    title: `the OpenTelemetry SDK for ${language} exports each kind of metric${through ? ` through ${through.name}` : ' in protobuf'}, ${temporality}`,
    check: async () => {
      const { key } = await tocsin.admin.post<{ key: string }>('/api/api-keys', {
        name: prefix,
        permissions: ['monitoring.write'],
      });
      const [path = '', ...args] = await PROGRAMS[language]();
      await run(path, [...args, prefix], {
        log: log(prefix),
        env: {
          OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: through ? await through.start(key) : `${tocsin.url}/v1/metrics`,
          ...(!through && { OTEL_EXPORTER_OTLP_METRICS_HEADERS: `authorization=Bearer%20${key}` }),
          OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/protobuf',
          OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: 'gzip',
          OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: temporality,
          OTEL_SERVICE_NAME: 'shop',
        },
      });
      const isDelta = temporality === 'delta';
      await eventually('it is answered', { withinMs: 20_000 }, async () => {
        deepStrictEqual(await figures('orders', isDelta ? 'sum' : 'last'), [6]);
        deepStrictEqual(await figures('queue', 'last'), [3]);
        deepStrictEqual(await figures('temperature', 'last'), [21.5]);
        // 0 to 99 in the default bounds of SDKs, as histogram_quantile has them.
        deepStrictEqual(await figures('wait', 'count', 'sum', 'max', 'p50', 'p90'), [100, 4_950, 99, 49, 89]);
        if (isDelta) {
          const [count, p50 = 0] = await figures('size', 'count', 'p50');
          deepStrictEqual(count, 100);
          ok(p50 > 47 && p50 < 52, `p50 of 0 to 99 is ${p50}`);
        } else {
          deepStrictEqual(await figures('size.count', 'last'), [100]);
          deepStrictEqual(await figures('size.sum', 'last'), [4_950]);
        }
      });
    },
  };
}

/** Each SDK speaks protobuf, with both temporalities. */
export const otelGuarantees = (scene: Scene): readonly Guarantee[] =>
  (['Python', 'Go', 'Java'] as const).flatMap((language) =>
    (['cumulative', 'delta'] as const).map((temporality) => exportGuarantee(scene, { language, temporality })),
  );
