import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import type { Page, Request } from 'playwright-core';
import type { Guarantee } from '../support/tools/guarantees.ts';
import type { Tocsin } from '../support/tools/local-run.ts';
import type { Desk } from './desk.ts';
import { soundness } from './soundness.ts';

interface Play {
  readonly desk: Desk;
  readonly tocsin: Pick<Tocsin, 'url' | 'password' | 'admin'>;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const dialog = (page: Page) => page.getByRole('dialog').filter({ visible: true });

/** What an engineer by day does in the console: watch, measure, report. */
export async function watchGuarantees({ desk, tocsin: { url, password, admin } }: Play): Promise<readonly Guarantee[]> {
  const window = await desk.signIn('admin', password);
  const { page } = window;
  const sound = (name: string): Promise<void> => soundness(window, name);

  return [
    {
      title: 'a check is tried before it is saved, the monitor shows results and phases, and is put into maintenance',
      check: async () => {
        await window.open('/monitors');
        await page.getByText('Nothing is watched yet').waitFor();
        await page.getByRole('link', { name: 'Add a monitor' }).first().click();
        await page.getByLabel('Address', { exact: true }).fill(`${url}/api/nothing-here`);
        await button(page, 'Try the check').click();
        await page.getByText('Down: it answers 404, not 200-299').waitFor();
        await page.getByLabel('Address', { exact: true }).fill(`${url}/`);
        await button(page, 'Try the check').click();
        await page.getByText('Up: it answers 200').waitFor();
        strictEqual((await admin.get<{ readonly items: object[] }>('/api/monitoring/monitors')).items.length, 0);
        await page.getByLabel('Name', { exact: true }).fill('Shop 🔔 متجر');
        await sound('monitor-form');
        await button(page, 'Save').click();
        await page.getByRole('heading', { level: 1, name: 'Shop 🔔' }).waitFor();
        await button(page, 'Check now').click();
        await page.getByText('Checked just now').waitFor();
        await page.getByText('since').first().waitFor();
        await button(page, 'Maintenance').click();
        await button(page, 'Begin now').click();
        await page.getByText('It lasts now. No alert opens.').waitFor();
        await sound('monitor');
        await button(page, 'End it').click();
        await page.getByText('The maintenance is over.').waitFor();
        await window.open('/monitors');
        await page.getByRole('img', { name: /^The last 90 days: 100 % up/ }).waitFor();
        await sound('monitors');
      },
    },
    {
      title: 'the overview is one request: sparklines of the last hour, monitors by state, service levels of the month',
      check: async () => {
        const points = [41, 43, 42].map((value, i) => ({
          name: 'system.cpu_percent',
          unit: '%',
          value,
          timestamp: new Date(Date.now() - i * 60_000).toISOString(),
        }));
        await admin.post('/api/monitoring/metrics', { points });
        const asked: string[] = [];
        const note = (request: Request): void => void asked.push(new URL(request.url()).pathname);
        await window.open('/');
        page.on('request', note);
        // What is the same for everybody is at most a quarter of a minute old.
        await page.getByRole('img', { name: /^CPU of the last hour: now 41 %/ }).waitFor();
        page.off('request', note);
        const read = asked.filter((path) => path.startsWith('/api/monitoring/'));
        deepStrictEqual(
          [...new Set(read)].filter((path) => path !== '/api/monitoring/overview'),
          [],
        );
        await sound('overview');
      },
    },
    {
      title: 'a heartbeat shows its address once, as a line of a crontab that reports when it is called',
      check: async () => {
        await window.open('/monitors/new?type=heartbeat');
        await page.getByLabel('Name', { exact: true }).fill('Nightly backup');
        await button(page, 'Save').click();
        const line = await dialog(page).locator('code').first().innerText();
        match(line, /^0 3 \* \* \* \/usr\/local\/bin\/job; curl .+\/beat\/\S+\/\$\?$/);
        const address = /http\S+/.exec(line)?.[0].replace('$?', '0') ?? '';
        ok((await fetch(address)).ok);
        await button(page, 'I have stored it').click();
        await page.getByRole('heading', { level: 1, name: 'Nightly backup' }).waitFor();
        await page.getByText('Reports of the job').waitFor();
        await page.getByText('Last report').waitFor();
        await sound('heartbeat');
        await button(page, 'More').click();
        await page.getByRole('menuitem', { name: 'Pause' }).click();
        await page.getByText('The monitor is paused. It is not checked').waitFor();
      },
    },
  ];
}
