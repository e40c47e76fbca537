import { deepStrictEqual, ok } from 'node:assert/strict';
import { eventually } from '../../operate/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import type { Scene } from './lifecycle.ts';
import { startScraping, type Scraping } from './prometheus.ts';

interface Answer {
  readonly data: {
    readonly result: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[];
  };
}

export interface Scraper extends Pick<Scraping, 'options' | 'flags'> {
  /** How the scraper is called in the title. */
  readonly name: string;
  program(): Promise<string>;
}

/** Tests of a Prometheus that scrapes the metrics of Tocsin, in each format that it may prefer. */
export function scrapeGuarantees(scrapers: readonly Scraper[], { tocsin, closing }: Scene): readonly Guarantee[] {
  return scrapers.map(({ name, program, ...preferences }) => ({
    title: `${name} scrapes what was recorded, with its dimensions as labels, and calls Tocsin up`,
    check: async () => {
      const made = await tocsin.admin.post<{ key: string }>('/api/api-keys', {
        name: 'scrape',
        permissions: ['monitoring.read', 'monitoring.write'],
      });
      const points = [
        { name: 'shop.orders', value: 42, dimensions: { region: 'eu-central-1', note: 'a "quoted" \\ one' } },
      ];
      await tocsin.admin.post('/api/monitoring/metrics', { points });
      const server = await startScraping([await program()], {
        target: `127.0.0.1:${tocsin.port}`,
        path: '/api/monitoring/metrics',
        credentials: made.key,
        ...preferences,
      });
      closing.push(server.stop);
      const query = async (what: string): Promise<Answer['data']['result']> =>
        ((await (await fetch(`http://${server.address}/api/v1/query?query=${what}`)).json()) as Answer).data.result;
      const [found] = await eventually('it is scraped', { withinMs: 20_000 }, async () => {
        const result = await query('shop_orders');
        ok(result.length > 0, 'not yet');
        return result;
      });
      deepStrictEqual(
        [found?.value[1], found?.metric['region'], found?.metric['note']],
        ['42', 'eu-central-1', 'a "quoted" \\ one'],
      );
      deepStrictEqual(
        (await query('up')).map(({ value }) => value[1]),
        ['1'],
      );
      await server.stop();
    },
  }));
}
