import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { join } from 'node:path';
import { start } from '../support/tools/child.ts';
import type { Command } from '../support/tools/debian.ts';
import { eventually } from '../../operate/eventually.ts';
import { freePort } from '../support/tools/free-port.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { toolCache } from '../support/tools/paths.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';
import type { Scene } from './lifecycle.ts';

interface Answer {
  readonly items: readonly {
    readonly dimensions: Record<string, string>;
    readonly points: readonly { readonly value: number }[];
  }[];
}

/** Tests of a node_exporter that Tocsin scrapes. */
export function watchGuarantees([program = '']: Command, { tocsin, closing }: Scene): readonly Guarantee[] {
  const query = (what: string): Promise<Answer> =>
    tocsin.admin.get<Answer>(`/api/monitoring/metrics?aggregation=last&${what}`);

  return [
    {
      title: "CPU, memory and disk of Debian's node_exporter become metrics by a scheduled scrape",
      check: async () => {
        const address = `127.0.0.1:${await freePort()}`;
        const exporter = await start('node-exporter', program, [`--web.listen-address=${address}`], {
          cwd: temporaryDirectory('node-exporter'),
          log: join(toolCache, 'logs', 'clients-node-exporter.log'),
        });
        closing.push(exporter.stop);
        const { id } = await tocsin.admin.post<{ id: string }>('/api/monitoring/monitors', {
          name: 'This host',
          service: 'host',
          check: {
            type: 'scrape',
            url: `http://${address}/metrics`,
            metrics: ['node_cpu_seconds_total', 'node_memory_MemAvailable_bytes', 'node_filesystem_avail_bytes'],
          },
        });
        await eventually('it is scraped', { withinMs: 130_000, everyMs: 1_000 }, async () => {
          const { status } = await tocsin.admin.get<{ status: string }>(`/api/monitoring/monitors/${id}`);
          strictEqual(status, 'up');
        });
        const cpu = await query('name=node_cpu_seconds_total&groupBy=mode');
        ok(
          cpu.items.some(({ dimensions }) => dimensions['mode'] === 'idle'),
          'CPU by mode',
        );
        const memory = await query('name=node_memory_MemAvailable_bytes&groupBy=service');
        deepStrictEqual(
          memory.items.map(({ dimensions }) => dimensions),
          [{ service: 'host' }],
        );
        ok((memory.items[0]?.points.at(-1)?.value ?? 0) > 1_000_000, 'memory in bytes');
        const disk = await query('name=node_filesystem_avail_bytes&groupBy=mountpoint');
        ok(disk.items.length > 0, 'disk by mount point');
      },
    },
  ];
}
