import { match, ok, strictEqual } from 'node:assert/strict';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { button, dialog, type Play } from './desk.ts';
import { soundness } from './soundness.ts';

interface Dashboards {
  readonly version: number;
  readonly items: readonly {
    readonly id: string;
    readonly title: string;
    readonly tabs: readonly {
      readonly title: string;
      readonly panels: readonly { readonly title: string; readonly kind: string; readonly width: number }[];
    }[];
  }[];
}

/** Names of this run. */
const run = Date.now().toString(36);
const MINUTE_MS = 60_000;
/** A name as somebody may choose one. */
const LONG = `لوحة 🔔 ${'a very long name '.repeat(7)}`.slice(0, 128).trim();

/** How a team sees its systems at a glance, and makes that view its own. */
export async function dashboardGuarantees({
  desk,
  tocsin: { url, password, admin },
}: Play): Promise<readonly Guarantee[]> {
  const window = await desk.signIn('admin', password);
  const { page } = window;
  const path = '/api/monitoring/dashboards';
  const all = () => admin.get<Dashboards>(path);
  const named = async (title: string) => (await all()).items.find((each) => each.title === title);
  const metric = `play.latency_${run}`;

  return [
    {
      title:
        'the dashboards of the presets are drawn, tab by tab, with a line for each SLA and without a request for each panel',
      check: async () => {
        for (const preset of ['lrs-agents', 'model-bridge', 'revoagent']) {
          await admin.post('/api/monitoring/rules/presets', { preset });
        }
        const points = Array.from({ length: 30 }, (_, minute) => ({
          name: 'perfect_recall.retrieval_time',
          value: 60 + minute,
          unit: 'ms',
          timestamp: new Date(Date.now() - minute * MINUTE_MS).toISOString(),
        }));
        await admin.post('/api/monitoring/metrics', { points });
        await window.open('/dashboards');
        await page.getByRole('link', { name: 'Engines', exact: true }).waitFor();
        await soundness(window, 'dashboards');
        const asked: string[] = [];
        page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
        await page.getByRole('link', { name: 'Engines', exact: true }).click();
        await page.getByRole('heading', { level: 2, name: 'Retrieval time' }).waitFor();
        await page.locator('[data-panel="retrieval"]').getByText('SLA').first().waitFor();
        strictEqual(asked.filter((each) => each === 'POST /api/monitoring/metrics/queries').length, 1);
        strictEqual(asked.filter((each) => each === 'GET /api/monitoring/metrics').length, 0);
        await soundness(window, 'dashboard-engines');
        await page.getByRole('tab', { name: 'Creative engine' }).click();
        await page.getByRole('heading', { level: 2, name: 'Innovation score' }).waitFor();
        match(page.url(), /tab=creative-engine/);
        for (const tab of ['overview', 'alerts', 'incidents', 'sla', 'configuration']) {
          await window.open(`/dashboards/model-bridge?tab=${tab}`);
          await page.locator('[data-panel]').first().waitFor();
          await soundness(window, `dashboard-bridge-${tab}`);
        }
        await window.open('/dashboards/lrs-agents?tab=security');
        await page.getByText('Failed sign-ins in 24 h').waitFor();
        await soundness(window, 'dashboard-security');
      },
    },
    {
      title:
        'a dashboard is made, gets panels with a preview, has them moved and widened by the keyboard, and is read as saved',
      check: async () => {
        const points = Array.from({ length: 40 }, (_, minute) => ({
          name: metric,
          value: minute < 20 ? 300 : 200,
          unit: 'ms',
          dimensions: { region: 'eu-1' },
          timestamp: new Date(Date.now() - minute * MINUTE_MS).toISOString(),
        }));
        await admin.post('/api/monitoring/metrics', { points });
        await window.open('/dashboards');
        await button(page, 'New dashboard').click();
        await dialog(page).getByLabel('Name', { exact: true }).fill(LONG);
        await button(page, 'Make it').click();
        await page.getByRole('heading', { level: 1, name: 'Edit the dashboard' }).waitFor();

        await button(page, 'Add a panel').click();
        await dialog(page).getByLabel('Metric', { exact: true }).fill(metric);
        await dialog(page).getByLabel('Title').fill('Latency');
        await dialog(page).getByLabel('Title').click();
        await button(page, 'Add a line').click();
        await dialog(page).getByLabel('Line 1, value').fill('250');
        await dialog(page).getByLabel('Line 1, name').fill('What we promise');
        await dialog(page).locator('[data-panel="preview"]').getByText('What we promise').first().waitFor();
        await soundness(window, 'panel-form');
        await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();

        await button(page, 'Add a panel').click();
        await dialog(page).getByLabel('Kind', { exact: true }).click();
        await page.getByRole('option', { name: 'A text' }).click();
        await dialog(page)
          .getByLabel('Text', { exact: true })
          .fill('# First\n\n[Runbook](https://wiki.example/) <b>x</b>');
        await dialog(page).getByRole('link', { name: 'Runbook' }).waitFor();
        await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();

        await button(page, 'Move earlier: Note').focus();
        await page.keyboard.press('Enter');
        await button(page, 'More for Note').focus();
        await page.keyboard.press('Enter');
        await page.getByRole('menuitem', { name: 'Wider' }).waitFor();
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Enter');
        await soundness(window, 'dashboard-edit');
        await button(page, 'Save').click();
        await page.getByText('The dashboard is saved.').waitFor();
        const saved = await named(LONG);
        strictEqual(
          saved?.tabs[0]?.panels.map(({ title, kind, width }) => `${title} ${kind} ${width}`).join(', '),
          'Note text 8, Latency metric 6',
        );
        await page.getByRole('heading', { level: 2, name: 'Latency' }).waitFor();
        await soundness(window, 'dashboard-own');
      },
    },
    {
      title: 'a figure says how it compares with the time before',
      check: async () => {
        const { version, items } = await all();
        const panel = {
          id: 'now',
          title: 'Latency now',
          kind: 'metric',
          metric,
          minutes: 20,
          show: 'number',
          trend: true,
        };
        const trend = { id: `trend-${run}`, title: 'Trend', tabs: [{ id: 'main', title: 'Main', panels: [panel] }] };
        await admin.put(path, { version, items: [...items, trend] });
        await window.open(`/dashboards/trend-${run}`);
        await page.getByText('300 ms', { exact: true }).waitFor();
        await page.getByText(/4\d % more than the 20 min before|50 % more than the 20 min before/).waitFor();
      },
    },
    {
      title: 'the second of two editors of a dashboard sees who was faster, loses nothing, and can save on top',
      check: async () => {
        const mine = await named(LONG);
        ok(mine);
        await window.open(`/dashboards/${mine.id}/edit`);
        await page.getByLabel('Name of the tab').fill('Mine');
        const { version, items } = await all();
        const theirs = items.map((each) => (each.id === mine.id ? { ...each, title: 'Theirs' } : each));
        await admin.put(path, { version, items: theirs });
        await button(page, 'Save').click();
        await page.getByText('admin changed this dashboard').waitFor();
        strictEqual(await page.getByLabel('Name of the tab').inputValue(), 'Mine');
        await page.reload();
        await page.getByText('These are the changes that you had not saved.').waitFor();
        strictEqual(await page.getByLabel('Name of the tab').inputValue(), 'Mine');
        await button(page, 'Save').click();
        await button(page, 'Save mine on top').click();
        await page.getByText('The dashboard is saved.').waitFor();
        const after = (await all()).items.find(({ id }) => id === mine.id);
        strictEqual(`${after?.title} ${after?.tabs[0]?.title}`, `${LONG} Mine`);
      },
    },
    {
      title: 'somebody who saves another dashboard stands in nobody’s way',
      check: async () => {
        const mine = await named(LONG);
        ok(mine);
        await window.open(`/dashboards/${mine.id}/edit`);
        await page.getByLabel('Name of the tab').fill('Still mine');
        const { version, items } = await all();
        await admin.put(path, {
          version,
          items: items.map((each) => (each.id === 'lrs-agents' ? { ...each, title: `Agents ${run}` } : each)),
        });
        await button(page, 'Save').click();
        await page.getByText('The dashboard is saved.').waitFor();
        const titles = (await all()).items.map(({ title, tabs }) => `${title}/${tabs[0]?.title}`);
        ok(titles.includes(`Agents ${run}/Health`) && titles.includes(`${LONG}/Still mine`), titles.join(' '));
      },
    },
    {
      title: 'a reader sees dashboards and no way to change them, and what the role does not show is said in its panel',
      check: async () => {
        const secret = 'the long way home of vera';
        await admin.post('/api/users', { username: `vera-${run}`, password: secret, roles: ['operator'] });
        const reader = await desk.signIn(`vera-${run}`, secret);
        if (await reader.page.getByLabel('Current password').isVisible()) {
          await reader.page.getByLabel('Current password').fill(secret);
          await reader.page.getByLabel('New password', { exact: true }).fill(`${secret} again`);
          await reader.page.getByLabel('New password again').fill(`${secret} again`);
          await button(reader.page, 'Change password').click();
        }
        await reader.page.getByRole('link', { name: 'Dashboards', exact: true }).click();
        await reader.page.getByRole('link', { name: `Agents ${run}` }).click();
        await reader.page.getByRole('tab', { name: 'Security' }).click();
        await reader.page.getByText('Your role does not show this.').waitFor();
        strictEqual(await reader.page.getByRole('link', { name: 'Edit' }).count(), 0);
        await reader.open('/dashboards/lrs-agents/edit');
        await reader.page.getByText('It does not change them.').waitFor();
        await reader.page.getByRole('link', { name: 'Monitors', exact: true }).click();
        await reader.page.getByRole('heading', { level: 1, name: 'Monitors' }).waitFor();
        strictEqual(await reader.page.getByRole('link', { name: 'Configuration', exact: true }).count(), 0);
      },
    },
    {
      title: 'a dashboard is deleted, and its address says so',
      check: async () => {
        const mine = await named(LONG);
        ok(mine);
        await window.open(`/dashboards/${mine.id}`);
        await button(page, 'More for this dashboard').click();
        await page.getByRole('menuitem', { name: 'Delete' }).click();
        await dialog(page).getByRole('button', { name: 'Delete' }).click();
        await page.getByRole('heading', { level: 1, name: 'Dashboards' }).waitFor();
        strictEqual(await named(LONG), undefined);
        await window.open(`/dashboards/${mine.id}`);
        await page.getByText('There is no dashboard at this address.').waitFor();
        ok(page.url().startsWith(url));
      },
    },
  ];
}
