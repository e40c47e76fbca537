import { ok, strictEqual } from 'node:assert/strict';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { button, type Play } from './desk.ts';
import { scrollsSmoothly } from './speed.ts';

const FLOOD = 5_000;
const IN_A_REQUEST = 500;

/** What somebody sees of more alerts than anybody can read. */
export function floodGuarantees({ desk, tocsin: { url, password, machineKey } }: Play): readonly Guarantee[] {
  return [
    {
      title: 'five thousand alerts arrive while the list is open: it stays usable, and a page of them is acknowledged',
      check: async () => {
        const service = 'a-flood';
        const { page, open } = await desk.signIn('admin', password);
        await open(`/alerts?filter=${encodeURIComponent(`service=${service}`)}`);
        await page.getByText('No alert matches').waitFor();
        const startedAt = performance.now();
        for (let from = 0; from < FLOOD; from += IN_A_REQUEST) {
          const sent = await fetch(`${url}/api/v2/alerts`, {
            method: 'POST',
            headers: { authorization: `Bearer ${machineKey}`, 'content-type': 'application/json' },
            body: JSON.stringify(
              Array.from({ length: IN_A_REQUEST }, (_, i) => ({
                labels: { alertname: `Disk ${from + i} is full`, severity: 'warning', service },
              })),
            ),
          });
          strictEqual(sent.status, 200);
        }
        const seconds = Math.round((performance.now() - startedAt) / 1_000);
        await page.getByText('The 100 newest are loaded').waitFor();
        // One page of rows, and their header, however many are open.
        ok((await page.getByRole('row').count()) <= 26);
        const scrolled = await scrollsSmoothly(page);
        for (const key of ['j', 'j', 'k']) await page.keyboard.press(key);
        await page.getByRole('button', { name: 'Close the alert' }).click();
        for (let turned = 2; turned <= 5; turned++) {
          await page.getByRole('button', { name: 'Next page' }).click();
          await page
            .getByRole('button', { name: `Page ${turned}`, exact: true })
            .and(page.locator('[aria-current]'))
            .waitFor();
        }
        await page.getByText('The 200 newest are loaded').waitFor();
        const pressedAt = performance.now();
        await page.getByRole('checkbox', { name: 'Select all alerts of this page' }).click({ force: true });
        await button(page, 'Acknowledge').click();
        await page.getByRole('row').filter({ hasText: 'Acknowledged' }).first().waitFor();
        const shownMs = Math.round(performance.now() - pressedAt);
        await page.getByText('25 alerts are acknowledged.').waitFor();
        await page.context().close();
        return `${FLOOD} in ${seconds} s; acknowledged on the page after ${shownMs} ms; ${scrolled}`;
      },
    },
  ];
}
