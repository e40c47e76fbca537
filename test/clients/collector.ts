import { strictEqual } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start } from '../support/tools/child.ts';
import { eventually } from '../../operate/eventually.ts';
import { freePort } from '../support/tools/free-port.ts';
import { goBuild } from '../support/tools/go.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { repository, toolCache } from '../support/tools/paths.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';
import type { Scene } from './lifecycle.ts';
import { exportGuarantee } from './otel.ts';

const sources = join(repository, 'test', 'clients', 'collector');

/** Tests of an OpenTelemetry Collector that forwards the metrics of an SDK to Tocsin, in either encoding of OTLP. */
export const collectorGuarantees = (scene: Scene): readonly Guarantee[] =>
  (['proto', 'json'] as const).flatMap((encoding) =>
    (['cumulative', 'delta'] as const).map((temporality) =>
      exportGuarantee(scene, {
        language: 'Python',
        temporality,
        through: { name: `the Collector in ${encoding}`, start: (key) => startCollector(scene, encoding, key) },
      }),
    ),
  );

/** The address at which a Collector takes metrics. */
async function startCollector({ tocsin, closing }: Scene, encoding: 'proto' | 'json', key: string): Promise<string> {
  const program = await goBuild('collector', sources);
  const directory = temporaryDirectory('collector');
  const endpoint = `127.0.0.1:${await freePort()}`;
  const config = join(directory, 'config.yml');
  await writeFile(config, configOf({ endpoint, encoding, url: tocsin.url, key }));
  const collector = await start('collector', program, [`--config=file:${config}`], {
    cwd: directory,
    log: join(toolCache, 'logs', `clients-collector-${encoding}.log`),
  });
  closing.push(collector.stop);
  await eventually('the Collector listens', { withinMs: 30_000 }, async () => {
    strictEqual(collector.exitCode(), undefined, collector.output());
    await fetch(`http://${endpoint}/`);
  });
  return `http://${endpoint}/v1/metrics`;
}

const configOf = (of: {
  readonly endpoint: string;
  readonly encoding: string;
  readonly url: string;
  readonly key: string;
}): string => `receivers:
  otlp: { protocols: { http: { endpoint: '${of.endpoint}' } } }
exporters:
  otlp_http: { endpoint: '${of.url}', encoding: ${of.encoding}, headers: { authorization: 'Bearer ${of.key}' } }
service:
  telemetry: { metrics: { level: none } }
  pipelines:
    metrics: { receivers: [otlp], exporters: [otlp_http] }
`;
