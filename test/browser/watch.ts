import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Request, Route } from 'playwright-core';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { button, dialog, type Play } from './desk.ts';
import { soundness } from './soundness.ts';

/** Names of this run. */
const run = Date.now().toString(36);

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
        // Maintenance that recurs is planned with its next times, changed and cancelled.
        await button(page, 'Maintenance').click();
        await dialog(page).getByText('At times that recur').click();
        await dialog(page).getByText('The next times, by your clock').waitFor();
        await sound('maintenance-recurs');
        await button(page, 'Plan it').click();
        await page.getByText('The maintenance recurs from now on.').waitFor();
        await page.getByRole('button', { name: /^Edit the maintenance Every day at 02:00, 60 minutes/ }).click();
        await dialog(page).getByLabel('Minutes each time').fill('90');
        await button(page, 'Save').click();
        await page.getByRole('button', { name: /^Cancel the maintenance Every day at 02:00, 90 minutes/ }).click();
        await page.getByText('The maintenance recurs no more.').waitFor();
        await page.getByText('None is planned.').waitFor();
        await window.open('/monitors');
        await page.getByRole('img', { name: /^The last 90 days: 100 % up/ }).waitFor();
        await sound('monitors');
      },
    },
    {
      title: 'a service depends on another, its policy pages a team in steps, and an event is tried against the rules',
      check: async () => {
        await window.open('/services');
        for (const [name, needs] of [
          [`ledger-${run}`, undefined],
          [`billing-${run} <b>فواتير</b>`, `ledger-${run}`],
        ] as const) {
          await button(page, 'Add a service').click();
          await dialog(page).getByLabel('Name', { exact: true }).fill(name);
          if (needs !== undefined) {
            await dialog(page).getByLabel('Depends on').click();
            await page.getByRole('option', { name: needs }).click();
            await page.keyboard.press('Escape');
          }
          await button(page, 'Save').click();
          await dialog(page).waitFor({ state: 'detached' });
        }
        await sound('services');
        await window.open('/services?part=dependencies');
        await button(page, `ledger-${run}`).click();
        await sound('dependencies');
        const me = await admin.get<{ readonly id: string }>('/api/auth/me');
        await admin.post('/api/teams', { name: `money-${run}`, members: [{ userId: me.id }] });
        await window.open('/services?part=escalation');
        await button(page, 'Add a policy').click();
        await dialog(page).getByLabel('Name', { exact: true }).fill('Money first');
        await page.getByRole('button', { name: 'Whom step 1 pages' }).click();
        await page.getByRole('option', { name: `money-${run}` }).click();
        await page.keyboard.press('Escape');
        await dialog(page).getByText(`Team money-${run}`).waitFor();
        await button(page, 'Save').click();
        await page.getByText(`Team money-${run}`).waitFor();
        await page.getByText('All steps again, 2 more times.').first().waitFor();
        await sound('policies');
        await window.open('/services?part=routing');
        await button(page, 'Add a rule').click();
        await dialog(page).getByLabel('Name', { exact: true }).fill('Staging may wait');
        await button(page, 'Add a condition').click();
        await dialog(page).getByLabel('Values, with commas').fill('staging');
        await dialog(page).getByText('Page nobody; the alert is stored').click();
        await button(page, 'Apply').click();
        await button(page, 'Save the rules').click();
        await page.getByText('Your changes are not saved yet.').waitFor({ state: 'detached' });
        await page.getByLabel('Title', { exact: true }).fill('The ledger is late');
        await button(page, 'Try it').click();
        await page.getByText('does not hold').first().waitFor();
        await sound('routing');
        // An open alert keeps others quiet, which the form shows before it is saved.
        const raised: string[] = [];
        for (const title of [`Rack ${run} is down`, `Host ${run} is down`]) {
          const body = { title, severity: 'info', labels: { rack: run } };
          raised.push((await admin.post<{ readonly id: string }>('/api/monitoring/alerts', body)).id);
        }
        await page.getByRole('tab', { name: 'Inhibition' }).click();
        await button(page, 'Add the first inhibition').click();
        await dialog(page).getByLabel('Name', { exact: true }).fill('A rack explains its hosts');
        for (const [kind, title] of [
          ['First kind', `Rack ${run} is down`],
          ['Second kind', `Host ${run} is down`],
        ] as const) {
          await dialog(page)
            .getByRole('combobox', { name: `${kind}: Label 1` })
            .fill('alertname');
          await dialog(page)
            .getByRole('combobox', { name: `${kind}: Value 1` })
            .fill(title);
        }
        await dialog(page).getByLabel('Where both have the same').fill('rack');
        await dialog(page).getByText('It keeps 1 unresolved alert quiet now.').waitFor();
        await sound('inhibition-form');
        await button(page, 'Save').click();
        await page.getByText('where both have the same rack').waitFor();
        await sound('inhibition');
        await button(page, 'Edit A rack explains its hosts').click();
        await dialog(page).getByLabel('Name', { exact: true }).fill('A rack explains hosts');
        await button(page, 'Save').click();
        await button(page, 'Delete A rack explains hosts').click();
        await button(page, 'Delete').click();
        await page.getByText('No alert keeps others quiet yet.').waitFor();
        for (const id of raised) await admin.post(`/api/monitoring/alerts/${id}/resolve`, {});
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
      title: 'a metric is explored by its dimensions, and saved as a rule that shows where it would have fired',
      check: async () => {
        const metric = `checkout.latency.${run}`;
        const points = Array.from({ length: 30 }, (_, i) =>
          ['eu', 'us'].map((region) => ({
            name: metric,
            unit: 'ms',
            value: region === 'eu' && i < 10 ? 900 : 200,
            dimensions: { region },
            timestamp: new Date(Date.now() - (i + 1) * 60_000).toISOString(),
          })),
        ).flat();
        await admin.post('/api/monitoring/metrics', { points });
        await window.open('/explore');
        await sound('metrics');
        await window.open(`/explore?metric=${metric}&as=p95&by=region`);
        await page.getByText('2 series, steps of 1 min').waitFor();
        await sound('explore');
        await page.getByRole('link', { name: 'Save as rule' }).click();
        await page.getByLabel('Value', { exact: true }).fill('500');
        await page.getByLabel('It must hold for').fill('0');
        await button(page, 'Preview').click();
        await page.getByText('It would have opened 1 alert.').waitFor();
        await page.getByRole('img', { name: 'eu would have fired 1 time' }).waitFor();
        await sound('rule');
        await page.getByLabel('Name', { exact: true }).fill(`Checkout is slow ${run}`);
        await button(page, 'Save').click();
        await page.getByRole('link', { name: `Checkout is slow ${run}` }).waitFor();
        await sound('rules');
      },
    },
    {
      title: 'a service level is burned down and saved as CSV, and analytics show interruptions by hour of the week',
      check: async () => {
        const { id } = await admin.post<{ readonly id: string }>('/api/monitoring/monitors', {
          name: 'Ledger',
          service: 'ledger',
          check: { type: 'http', url: `${url}/` },
        });
        await admin.post('/api/monitoring/health/collect', { monitors: [id] });
        await window.open('/sla');
        await page.getByRole('link', { name: 'ledger' }).waitFor();
        await sound('sla');
        const saved = page.waitForEvent('download');
        await button(page, 'Download CSV').click();
        match(await readFile(await (await saved).path(), 'utf8'), /^service,.*\r\n(?:.*\r\n)*ledger,/);
        await page.getByRole('link', { name: 'ledger' }).click();
        await page.getByRole('heading', { level: 2, name: /^Error budget of/ }).waitFor();
        await sound('service-level');
        // One night with pages, whatever other plays have caused.
        const interrupted = async (route: Route): Promise<void> => {
          const response = await route.fetch();
          const answer = (await response.json()) as object;
          await route.fulfill({
            response,
            json: { ...answer, week: [{ weekday: 7, hour: 3, pages: 4, alerts: 1 }] },
          });
        };
        await page.route('**/api/monitoring/analytics?*', interrupted);
        await window.open('/analytics');
        await page.getByRole('table').getByRole('row', { name: 'Sun' }).waitFor();
        await sound('analytics');
        // A phone has the days as columns, which fit.
        await page.setViewportSize({ width: 390, height: 844 });
        await page.getByRole('columnheader', { name: 'Sun' }).waitFor();
        await page.setViewportSize({ width: 1440, height: 900 });
        await page.unroute('**/api/monitoring/analytics?*', interrupted);
      },
    },
    {
      title: 'a heartbeat shows its address once, as a line of a crontab that reports when it is called',
      check: async () => {
        await window.open('/monitors/new?type=heartbeat');
        await page.getByLabel('Name', { exact: true }).fill('Nightly backup');
        await button(page, 'Save').click();
        const line = await dialog(page).locator('.snippet pre').first().innerText();
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
