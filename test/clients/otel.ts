import { deepStrictEqual, ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../support/tools/child.ts';
import type { Command } from '../support/tools/debian.ts';
import { eventually } from '../support/tools/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { repository, toolCache } from '../support/tools/paths.ts';
import type { Scene } from './lifecycle.ts';

const sources = join(repository, 'test', 'clients', 'otel');
const log = (name: string): string => join(toolCache, 'logs', `clients-otel-${name}.log`);
const TEN_MINUTES_MS = 600_000;

/** The SDK for Python in an environment of its own under `.cache/`, made anew when the versions change. */
const pythonProgram = async (): Promise<Command> => {
  const requirements = join(sources, 'requirements.txt');
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const environment = join(toolCache, `otel-python-${digest.slice(0, 12)}`);
  const [python, pip] = [join(environment, 'bin', 'python'), join(environment, 'bin', 'pip')];
  const installed = join(environment, 'installed');
  if (!existsSync(installed)) {
    await run('python3', ['-m', 'venv', '--clear', environment], { log: log('venv'), timeoutMs: TEN_MINUTES_MS });
    const args = ['install', '--quiet', '--requirement', requirements];
    await run(pip, args, { log: log('pip'), timeoutMs: TEN_MINUTES_MS });
    await writeFile(installed, '');
  }
  return [python, join(sources, 'export.py')];
};

/** The program that uses the SDK for Go, which its own module cache makes quick to build again. */
const goProgram = async (): Promise<Command> => {
  const program = join(toolCache, 'otel-go-export');
  await run('go', ['build', '-o', program, '.'], { cwd: sources, log: log('go-build'), timeoutMs: TEN_MINUTES_MS });
  return [program];
};

interface Answer {
  readonly items: readonly { readonly points: readonly { readonly value: number }[] }[];
}

/** What holds for the SDKs of OpenTelemetry that speak nothing but protobuf, with both temporalities. */
export function otelGuarantees({ tocsin }: Scene): readonly Guarantee[] {
  const figure = async (name: string, aggregation: string): Promise<number | undefined> => {
    // One step for all that was exported, whatever the time is.
    const query = `name=${name}&aggregation=${aggregation}&step=604800`;
    const { items } = await tocsin.admin.get<Answer>(`/api/monitoring/metrics?${query}`);
    return items[0]?.points.at(-1)?.value;
  };
  const figures = async (name: string, ...aggregations: readonly string[]): Promise<(number | undefined)[]> =>
    Promise.all(aggregations.map((aggregation) => figure(name, aggregation)));

  const exported = async (prefix: string, command: Command, temporality: string): Promise<void> => {
    const { key } = await tocsin.admin.post<{ key: string }>('/api/api-keys', {
      name: prefix,
      permissions: ['monitoring.write'],
    });
    const [path = '', ...args] = command;
    await run(path, [...args, prefix], {
      log: log(prefix),
      env: {
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${tocsin.url}/v1/metrics`,
        OTEL_EXPORTER_OTLP_METRICS_HEADERS: `authorization=Bearer%20${key}`,
        OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: 'gzip',
        OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: temporality,
        OTEL_SERVICE_NAME: 'shop',
      },
    });
  };

  const guarantee = (language: string, program: () => Promise<Command>, temporality: string): Guarantee => ({
    title: `the OpenTelemetry SDK for ${language} exports each kind of metric in protobuf, ${temporality}`,
    check: async () => {
      const prefix = `${language.toLowerCase()}.${temporality}`;
      await exported(prefix, await program(), temporality);
      const isDelta = temporality === 'delta';
      await eventually('it is answered', { withinMs: 20_000 }, async () => {
        deepStrictEqual(await figures(`${prefix}.orders`, isDelta ? 'sum' : 'last'), [6]);
        deepStrictEqual(await figures(`${prefix}.queue`, 'last'), [3]);
        deepStrictEqual(await figures(`${prefix}.temperature`, 'last'), [21.5]);
        // 0 to 99 in the default bounds of SDKs, as histogram_quantile has them.
        deepStrictEqual(await figures(`${prefix}.wait`, 'count', 'sum', 'max', 'p50', 'p90'), [100, 4_950, 99, 49, 89]);
        if (isDelta) {
          const [count, p50 = 0] = await figures(`${prefix}.size`, 'count', 'p50');
          deepStrictEqual(count, 100);
          ok(p50 > 47 && p50 < 52, `p50 of 0 to 99 is ${p50}`);
        } else {
          deepStrictEqual(await figures(`${prefix}.size.count`, 'last'), [100]);
          deepStrictEqual(await figures(`${prefix}.size.sum`, 'last'), [4_950]);
        }
      });
    },
  });

  return [
    guarantee('Python', pythonProgram, 'cumulative'),
    guarantee('Python', pythonProgram, 'delta'),
    guarantee('Go', goProgram, 'cumulative'),
    guarantee('Go', goProgram, 'delta'),
  ];
}
