import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { eventually } from '../../operate/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { button, dialog, type Play } from './desk.ts';
import { soundness } from './soundness.ts';

/** Names of this run. */
const run = Date.now().toString(36);
const SITE = `site-${run}`;
/** A name as somebody may choose one. */
const LONG = `عرض 🔔 ${'payments of the night '.repeat(6)}`.slice(0, 120).trim();
/** As many as the list loads at a time, and some more. */
const MANY = 130;

interface Silences {
  readonly items: readonly {
    readonly id: string;
    readonly state: string;
    readonly endsAt: string;
    readonly comment: string;
    readonly matchers: readonly { readonly value: string }[];
  }[];
}

interface Recurring {
  readonly id: string;
  readonly matchers: readonly { readonly value: string }[];
  readonly recurrence: { readonly rule: string };
}

/** How a person on call finds, silences and settles alerts, and looks at them the same way on another device. */
export async function viewGuarantees({ desk, tocsin: { password, admin } }: Play): Promise<readonly Guarantee[]> {
  const window = await desk.signIn('admin', password);
  const { page } = window;
  const raise = (title: string, more: object = {}) =>
    admin.post<{ readonly id: string }>('/api/monitoring/alerts', {
      title,
      severity: 'warning',
      service: `shop-${run}`,
      labels: { site: SITE },
      ...more,
    });
  const statusOf = async (id: string) =>
    (await admin.get<{ readonly status: string }>(`/api/monitoring/alerts/${id}`)).status;
  const silences = async (state: string) =>
    (await admin.get<Silences>(`/api/monitoring/silences?state=${state}&limit=100`)).items;

  return [
    {
      title: 'alerts are found by a query that is typed, and one that cannot be read is explained below it',
      check: async () => {
        await raise('Old disk', { severity: 'critical' });
        await raise('New disk');
        await window.open('/alerts');
        await button(page, 'Query').click();
        const box = page.getByRole('searchbox', { name: 'Query' });
        await box.fill(`label.site:${SITE} AND severity>=error`);
        await box.press('Enter');
        await page.getByRole('link', { name: 'Old disk' }).waitFor();
        await page.getByRole('link', { name: 'New disk' }).waitFor({ state: 'detached' });
        await soundness(window, 'alerts-query');
        const other = await desk.signIn('admin', password);
        await other.open('/alerts?q=severity%3E%3D');
        await other.page.getByText('The query cannot be read at character').first().waitFor();
        deepStrictEqual(await other.violations(), []);
        await other.picture('console-alerts-query-refused');
      },
    },
    {
      title: 'a view is saved with state, filters, query and order, is there on another device, and shared with others',
      check: async () => {
        await window.open(`/alerts?state=all&sort=-title&filter=service%3Dshop-${run}&q=label.site:${SITE}`);
        await page.getByRole('link', { name: 'New disk' }).waitFor();
        await button(page, 'Views').click();
        await page.getByRole('menuitem', { name: 'Save this view' }).click();
        await dialog(page).getByLabel('Name', { exact: true }).fill(LONG);
        await dialog(page).getByLabel('For everybody who sees alerts').check({ force: true });
        await soundness(window, 'view-save');
        await button(page, 'Save').click();
        await page.getByText('The view is saved.').waitFor();

        const secret = 'the long way home of noor';
        await admin.post('/api/users', { username: `noor-${run}`, password: secret, roles: ['member'] });
        const other = await desk.signIn(`noor-${run}`, secret);
        if (await other.page.getByLabel('Current password').isVisible()) {
          await other.page.getByLabel('Current password').fill(secret);
          await other.page.getByLabel('New password', { exact: true }).fill(`${secret} again`);
          await other.page.getByLabel('New password again').fill(`${secret} again`);
          await button(other.page, 'Change password').click();
        }
        await other.page.getByRole('link', { name: 'Alerts', exact: true }).click();
        await button(other.page, 'Views').click();
        await other.page.getByRole('menuitem', { name: LONG.slice(0, 50) }).click();
        await other.page.getByRole('link', { name: 'New disk' }).waitFor();
        const rows = other.page.getByRole('link', { name: /(Old|New) disk/ });
        deepStrictEqual(await rows.allInnerTexts(), ['Old disk', 'New disk']);
        strictEqual(new URL(other.page.url()).searchParams.get('q'), `label.site:${SITE}`);

        await page.reload();
        await page.getByRole('button', { name: `Views, now ${LONG}` }).click();
        await page.getByRole('menuitem', { name: 'Manage views' }).click();
        await soundness(window, 'views');
        await button(page, `Stop sharing ${LONG}`).click();
        await page.getByText(/The view .* is saved/).waitFor();
        await button(page, `Delete the view ${LONG}`).click();
        await page.getByText('No view is saved yet.').waitFor();
        await dialog(page).getByRole('button', { name: 'Close' }).click();
      },
    },
    {
      title: 'an alert is silenced from its panel, which shows before that what else it silences, and is ended there',
      check: async () => {
        const { id } = await raise('Noisy fan', { labels: { site: SITE, fan: run } });
        await window.open(`/alerts?alert=${id}`);
        await page.getByRole('heading', { name: 'Noisy fan' }).waitFor();
        await button(page, 'Silence alerts like this').click();
        await dialog(page).getByText('It silences 1 unresolved alert now.').waitFor();
        for (const name of ['alertname', 'fan']) await button(page, `Remove the condition ${name}`).click();
        await dialog(page).getByText('It silences 3 unresolved alerts now.').waitFor();
        await dialog(page).getByText('Old disk').waitFor();
        await dialog(page).getByLabel('Why').fill('The rack is moved.');
        await soundness(window, 'silence-form');
        await dialog(page).getByRole('button', { name: 'Silence', exact: true }).click();
        await page.getByText('The silence is on.').waitFor();
        await button(page, 'End the silence').waitFor();
        await page.getByText('The rack is moved.').waitFor();
        await page.getByText('Which rule decided, and why').click();
        await page.getByText('This is what the rules that are saved now make of the alert').waitFor();
        await soundness(window, 'alert-silenced');
        await button(page, 'End the silence').click();
        await button(page, 'End it').click();
        await button(page, 'Silence alerts like this').waitFor();
        strictEqual((await silences('active')).filter(({ comment }) => comment === 'The rack is moved.').length, 0);
      },
    },
    {
      title: 'the page of silences lists them, makes one for what is to come, prolongs it and ends it',
      check: async () => {
        await window.open('/silences');
        await button(page, 'New silence').click();
        await dialog(page).getByRole('combobox', { name: 'Label 1', exact: true }).fill('site');
        await dialog(page).getByRole('combobox', { name: 'Value 1', exact: true }).fill(`none-${run}`);
        await dialog(page).getByText('It matches no unresolved alert now.').waitFor();
        await dialog(page)
          .getByLabel('Why')
          .fill(`${run} ${'لماذا 🔧 '.repeat(100)}`);
        await dialog(page).getByRole('button', { name: 'Silence', exact: true }).click();
        await page.getByText(`none-${run}`).first().waitFor();
        await soundness(window, 'silences');
        const [before] = (await silences('active')).filter(({ comment }) => comment.startsWith(run));
        ok(before);
        await button(page, `1 h longer: none-${run}`).click();
        await page.getByText('The silence lasts an hour longer.').waitFor();
        const [after] = (await silences('active')).filter(({ id }) => id === before.id);
        strictEqual(Date.parse(after?.endsAt ?? '') - Date.parse(before.endsAt), 3_600_000);
        // Other matchers and another comment, and the end stays to the second.
        await button(page, `Edit the silence of none-${run}`).click();
        await dialog(page).getByRole('combobox', { name: 'Value 1', exact: true }).fill(`other-${run}`);
        await dialog(page).getByLabel('Why').fill(`Changed ${run}`);
        await soundness(window, 'silence-edit');
        await button(page, 'Save').click();
        await page.getByText('The silence is changed.').waitFor();
        const [changed] = (await silences('active')).filter(({ comment }) => comment === `Changed ${run}`);
        strictEqual(changed?.endsAt, after?.endsAt);
        deepStrictEqual(
          changed?.matchers.map(({ value }) => value),
          [`other-${run}`],
        );
        // The same again each day.
        await button(page, `Edit the silence of other-${run}`).click();
        await dialog(page).getByRole('button', { name: /^For/ }).click();
        await page.getByRole('option', { name: 'Times that recur' }).click();
        await dialog(page).getByText('The next times, by your clock').waitFor();
        await button(page, 'Save').click();
        await page.getByText('The silence recurs from now on.').waitFor();
        const { items: recurring } = await admin.get<{ readonly items: readonly Recurring[] }>(
          '/api/monitoring/recurring-silences',
        );
        const mine = recurring.filter(({ matchers }) => matchers.some(({ value }) => value === `other-${run}`));
        deepStrictEqual(
          mine.map(({ recurrence: { rule } }) => rule),
          ['FREQ=DAILY'],
        );
        for (const { id } of mine) await admin.remove(`/api/monitoring/recurring-silences/${id}`);
        await button(page, `End the silence of other-${run}`).click();
        await button(page, 'End it').click();
        await button(page, `End the silence of other-${run}`).waitFor({ state: 'detached' });
        await page.getByText('Ended', { exact: true }).click();
        await page.getByText(`none-${run}`).first().waitFor();
      },
    },
    {
      title:
        'a silence recurs by a rule, whose next ten times the form shows, and is deleted in the list of those that recur',
      check: async () => {
        await window.open('/silences');
        // The empty list has the button that goes on.
        await page.getByText('Recurring', { exact: true }).click();
        await button(page, 'Silence work that recurs').click();
        await dialog(page).getByRole('combobox', { name: 'Label 1', exact: true }).fill('site');
        await dialog(page).getByRole('combobox', { name: 'Value 1', exact: true }).fill(`recurs-${run}`);
        await dialog(page).getByText('The next times, by your clock').waitFor();
        strictEqual(await dialog(page).locator('ol.plain-list > li').count(), 10);
        await soundness(window, 'silence-recurs');
        await dialog(page).getByRole('button', { name: 'Silence', exact: true }).click();
        await page.getByText('The silence recurs from now on.').waitFor();
        ok((await silences('pending')).some(({ matchers }) => matchers.some(({ value }) => value === `recurs-${run}`)));
        await button(page, `Delete the recurring silence of recurs-${run}`).click();
        await button(page, 'Delete it').click();
        await button(page, `Delete the recurring silence of recurs-${run}`).waitFor({ state: 'detached' });
        ok(
          !(await silences('pending')).some(({ matchers }) => matchers.some(({ value }) => value === `recurs-${run}`)),
        );
      },
    },
    {
      title: 'a heartbeat gets another key on its page, and the one before is unknown',
      check: async () => {
        const { id, pingKey } = await admin.post<{ readonly id: string; readonly pingKey: string }>(
          '/api/monitoring/monitors',
          { name: `Backup ${run}`, check: { type: 'heartbeat', periodSeconds: 600 } },
        );
        await window.open(`/monitors/${id}`);
        await button(page, 'More').click();
        await page.getByRole('menuitem', { name: 'Renew the key' }).click();
        await button(page, 'Renew it').click();
        const line = await dialog(page).locator('.snippet pre').first().innerText();
        const [address = ''] = /http\S+\/beat\/[\w-]+/.exec(line) ?? [];
        strictEqual((await fetch(address)).status, 200);
        strictEqual((await fetch(address.replace(/[\w-]+$/, pingKey))).status, 404);
        await soundness(window, 'heartbeat-key');
        await button(page, 'I have stored it').click();
        await page.getByRole('heading', { level: 1, name: `Backup ${run}` }).waitFor();
      },
    },
    {
      title: 'everything that matches is resolved, also what was never loaded, and nothing else',
      check: async () => {
        const other = await raise('Not of these', { labels: { site: `${SITE}-other` } });
        const raised = await Promise.all(
          Array.from({ length: MANY }, (_, i) => raise(`One of many ${i}`, { labels: { site: SITE, many: run } })),
        );
        await window.open(`/alerts?q=label.many:${run}`);
        await page
          .getByText(/One of many/)
          .first()
          .waitFor();
        await page.getByRole('checkbox', { name: 'Select all alerts of this page' }).check({ force: true });
        await button(page, 'Select all that match').click();
        await page.getByText('Every alert that matches is selected').waitFor();
        await soundness(window, 'alerts-all');
        await button(page, 'Resolve').click();
        await dialog(page).getByText(`status:unresolved AND (label.many:${run})`).waitFor();
        await dialog(page).getByRole('button', { name: 'Resolve', exact: true }).click();
        await page.getByText(`${MANY} alerts are resolved.`).waitFor();
        await eventually('all are resolved', { withinMs: 10_000, everyMs: 200 }, async () => {
          const { items } = await admin.get<{ readonly items: readonly object[] }>(
            `/api/monitoring/alerts?status=open&query=label.many:${run}&limit=100`,
          );
          strictEqual(items.length, 0);
        });
        strictEqual(await statusOf(raised[0]?.id ?? ''), 'resolved');
        strictEqual(await statusOf(other.id), 'open');
        await admin.post(`/api/monitoring/alerts/${other.id}/resolve`, {});
      },
    },
  ];
}
