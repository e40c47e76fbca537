import { ok, strictEqual } from 'node:assert/strict';
import type { Page, Route } from 'playwright-core';
import { eventually } from '../../operate/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { button, type Play } from './desk.ts';

/** Names of this run. */
const run = Date.now().toString(36);

const PAGES = [
  'Alerts',
  'Incidents',
  'On call',
  'Services',
  'Monitors',
  'SLA',
  'Analytics',
  'Configuration',
  'Overview',
];

/**
 * How long this browser takes now for a fixed piece of work: a thousand elements made and laid out, the median of five. Machines differ and
 * are busy; what is measured beside it differs as much.
 */
const unitMs = (page: Page): Promise<number> =>
  page.evaluate<number>(`(() => {
    const took = [];
    for (let i = 0; i < 5; i++) {
      const from = performance.now();
      const box = document.createElement('div');
      for (let n = 0; n < 1000; n++) box.append(Object.assign(document.createElement('p'), { textContent: 'Row ' + n }));
      document.body.append(box);
      box.getBoundingClientRect();
      box.remove();
      took.push(performance.now() - from);
    }
    return took.sort((a, b) => a - b)[2];
  })()`);

/** How long frames take while the page is scrolled to its end and back: that of the slowest tenth. */
const frameMs = (page: Page): Promise<number> =>
  page.evaluate<number>(`new Promise((resolve) => {
    const took = [];
    let last = performance.now();
    const step = (n) => requestAnimationFrame(() => {
      const now = performance.now();
      took.push(now - last);
      last = now;
      window.scrollBy(0, n < 30 ? 40 : -40);
      if (n < 60) step(n + 1);
      else resolve(took.sort((a, b) => a - b)[Math.floor(took.length * 0.9)]);
    });
    step(0);
  })`);

/** From the last answer of the API that a page waited for until it changes no more: until nothing changed for 300 ms. */
const drawnMs = (page: Page, link: string): Promise<number> =>
  page.evaluate<number>(`(async () => {
    performance.clearResourceTimings();
    let changedAt = performance.now();
    const observer = new MutationObserver(() => (changedAt = performance.now()));
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    const startedAt = performance.now();
    [...document.querySelectorAll('nav a')].find(({ textContent }) => textContent === ${JSON.stringify(link)}).click();
    const answers = () => performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/'));
    while (performance.now() - Math.max(changedAt, startedAt) < 300 && performance.now() - startedAt < 10_000)
      await new Promise((resolve) => setTimeout(resolve, 20));
    observer.disconnect();
    const ended = answers().map(({ responseEnd }) => responseEnd).filter((at) => at <= changedAt);
    return Math.round(changedAt - Math.max(startedAt, ...ended));
  })()`);

/** From the beginning of a reload until the overview has its figures. */
const overviewMs = async (page: Page): Promise<number> => {
  await page.reload({ waitUntil: 'commit' });
  const isThere = `document.querySelector('main h1')?.textContent === 'Overview' && document.querySelector('main h2') !== null`;
  return eventually('the overview is there', { withinMs: 20_000, everyMs: 10 }, async () => {
    const at = await page.evaluate<number | false>(`${isThere} && performance.now()`);
    ok(at !== false);
    return Math.round(at);
  });
};

/** How the console feels: before an answer, and after one. */
export function speedGuarantees({ desk, tocsin: { password, admin } }: Play): readonly Guarantee[] {
  const raise = (title: string) =>
    admin.post<{ readonly id: string }>('/api/monitoring/alerts', { title, severity: 'warning' });

  return [
    {
      title:
        'an acknowledgement shows before the backend answers, and one that is refused is taken back with a sentence',
      check: async () => {
        const { page, open } = await desk.signIn('admin', password);
        for (const isRefused of [false, true]) {
          const title = `Felt at once ${isRefused ? 'and refused ' : ''}${run}`;
          const { id } = await raise(title);
          const answer = Promise.withResolvers<void>();
          let isAnswered = false;
          const held = async (route: Route): Promise<void> => {
            await answer.promise;
            isAnswered = true;
            if (!isRefused) return route.continue();
            return route.fulfill({
              status: 403,
              contentType: 'application/problem+json',
              body: JSON.stringify({ status: 403, code: 'auth.forbidden', title: 'Forbidden', detail: 'Not yours.' }),
            });
          };
          await open(`/alerts?alert=${id}`);
          await page.getByRole('heading', { name: title }).waitFor();
          await page.route('**/bulk/acknowledge', held);
          const row = page.getByRole('row').filter({ hasText: title });
          await row.getByText('Open', { exact: true }).waitFor();
          await button(page, 'Acknowledge').click();
          await row.getByText('Acknowledged').waitFor();
          strictEqual(isAnswered, false);
          answer.resolve();
          if (isRefused) {
            await row.getByText('Open', { exact: true }).waitFor();
            await page.getByText(`“${title}” stays as it was.`).waitFor();
          } else await page.getByText('The alert is acknowledged.').waitFor();
          await page.unroute('**/bulk/acknowledge', held);
        }
        await page.context().close();
      },
    },
    {
      title: 'the overview is there within 1.5 s of a reload, and every page is drawn soon after its data',
      check: async () => {
        const { page, open } = await desk.signIn('admin', password);
        await open('/');
        const reloads: number[] = [];
        for (let i = 0; i < 3; i++) reloads.push(await overviewMs(page));
        const overview = reloads.toSorted((a, b) => a - b)[1] ?? Infinity;
        const unitThen = await unitMs(page);
        // A quiet machine has a unit of some four milliseconds.
        ok(overview <= Math.max(1_500, 250 * unitThen), `${reloads.join(', ')} ms, unit ${unitThen.toFixed(1)} ms`);
        // The parts of the pages are loaded once.
        for (const each of PAGES) await drawnMs(page, each);
        const unit = await unitMs(page);
        const took: (readonly [name: string, ms: number])[] = [];
        for (const each of PAGES) took.push([each, await drawnMs(page, each)]);
        const [slowest = ['', 0]] = took.toSorted(([, a], [, b]) => b - a);
        const median = took.map(([, ms]) => ms).toSorted((a, b) => a - b)[Math.floor(took.length / 2)] ?? 0;
        await page.context().close();
        ok(median <= 200 + 20 * unit, `${JSON.stringify(took)}, unit ${unit.toFixed(1)} ms`);
        return `the overview after ${overview} ms, median ${median} ms, ${slowest[0]} ${slowest[1]} ms; a unit is ${unit.toFixed(1)} ms`;
      },
    },
  ];
}

/** The list is scrolled without a stutter: a frame takes no longer than some units of work. Gives the figures. */
export const scrollsSmoothly = async (page: Page): Promise<string> => {
  const unit = await unitMs(page);
  const frame = await frameMs(page);
  ok(frame <= 50 + 10 * unit, `a frame of the slowest tenth took ${frame} ms, a unit ${unit} ms`);
  return `a frame of the slowest tenth ${frame.toFixed(0)} ms, a unit ${unit.toFixed(1)} ms`;
};
