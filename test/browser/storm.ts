import { strictEqual } from 'node:assert/strict';
import type { Request } from 'playwright-core';
import { eventually } from '../../operate/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import type { Play } from './desk.ts';
import { soundness } from './soundness.ts';

const SERVICE = 'a-storm';
const ALERTS = 120;

/** What somebody does to a storm of alerts. */
export async function stormGuarantees({
  desk,
  tocsin: { url, password, machineKey },
}: Play): Promise<readonly Guarantee[]> {
  return [
    {
      title: 'of many alerts a page is acknowledged by one request, and the list says what it has not loaded',
      check: async () => {
        const sent = await fetch(`${url}/api/v2/alerts`, {
          method: 'POST',
          headers: { authorization: `Bearer ${machineKey}`, 'content-type': 'application/json' },
          body: JSON.stringify(
            Array.from({ length: ALERTS }, (_, i) => ({
              labels: { alertname: `Disk ${i} is full`, severity: i % 2 ? 'warning' : 'error', service: SERVICE },
            })),
          ),
        });
        strictEqual(sent.status, 200);
        const window = await desk.signIn('admin', password);
        const { page } = window;
        const posts: string[] = [];
        page.on('request', (request: Request) => {
          if (request.method() === 'POST') posts.push(new URL(request.url()).pathname);
        });
        await window.open(`/alerts?state=open&filter=${encodeURIComponent(`service=${SERVICE}`)}`);
        await page.getByText('The 100 newest are loaded').waitFor();
        await page.getByRole('checkbox', { name: 'Select all alerts of this page' }).click({ force: true });
        await page.getByRole('button', { name: 'Acknowledge', exact: true }).click();
        await page.getByText('25 alerts are acknowledged.').waitFor();
        strictEqual(posts.filter((path) => path.endsWith('/bulk/acknowledge')).length, 1);
        await eventually('they leave what is open', { withinMs: 20_000, everyMs: 200 }, async () => {
          strictEqual(await page.getByText('The 100 newest are loaded').count(), 0);
        });
        await soundness(window, 'alerts-many');
        await page.context().close();
      },
    },
  ];
}
