import { match, ok, strictEqual } from 'node:assert/strict';
import { eventually } from '../../operate/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { button, dialog, type Play } from './desk.ts';
import { soundness } from './soundness.ts';

/** What an engineer tells the readers of a status page, and what they read. */
export async function readerGuarantees({
  desk,
  tocsin: { url, password, admin },
}: Play): Promise<readonly Guarantee[]> {
  const window = await desk.signIn('admin', password);
  const { page } = window;
  const readersSee = (path: string, text: RegExp, is = true): Promise<void> =>
    eventually(`readers see ${text.source}: ${is}`, { withinMs: 30_000, everyMs: 200 }, async () => {
      const answer = await fetch(`${url}${path}`);
      strictEqual(answer.status, 200);
      strictEqual(text.test(await answer.text()), is);
    });
  const choose = async (label: string, option: string): Promise<void> => {
    await page.getByLabel(label, { exact: true }).filter({ visible: true }).last().click();
    await page.getByRole('option', { name: option }).filter({ visible: true }).first().click();
  };

  return [
    {
      title: 'a status page is made, an incident is published in words of its own, and readers see its end',
      check: async () => {
        const { id } = await admin.post<{ readonly id: string }>('/api/monitoring/incidents', {
          title: 'db-7 of Initech is on fire',
          severity: 'SEV2',
        });
        await window.open('/status-pages');
        await page.getByText('No status page yet').waitFor();
        await page.getByRole('link', { name: 'Make the first status page' }).click();
        await page.getByLabel('Name', { exact: true }).fill('Globex متجر 🔔');
        strictEqual(await page.getByLabel('Address', { exact: true }).inputValue(), 'globex');
        await button(page, 'Add a component').click();
        await page.getByLabel('Name', { exact: true }).last().fill('Checkout');
        await window.picture('console-status-page-form');
        await button(page, 'Save').click();
        await page.getByRole('heading', { level: 1, name: 'Globex' }).waitFor();
        await page.getByText('No incident is public and no maintenance is announced').waitFor();
        await readersSee('/status/globex', /All systems are operational|operational/i);

        await window.open(`/incidents/${id}`);
        await button(page, 'More').click();
        await page.getByRole('menuitem', { name: 'Make it public' }).click();
        await dialog(page).getByLabel('Title for readers').fill('Card payments fail');
        await dialog(page).getByLabel('First update').fill('Some card payments fail. We are looking into it.');
        await choose('State of Checkout', 'Partial outage');
        await button(page, 'Publish').click();
        await page.getByRole('article', { name: 'Card payments fail' }).waitFor();
        await soundness(window, 'status-page');
        await readersSee('/status/globex', /Card payments fail/);
        await readersSee('/status/globex', /Initech/, false);

        await button(page, 'Add an update to Card payments fail').click();
        await choose('State', 'Resolved');
        await dialog(page).getByLabel('Update', { exact: true }).fill('Payments work again.');
        await button(page, 'Publish').click();
        await page.getByText('No incident is public and no maintenance is announced').waitFor();
        await readersSee('/status/globex', /Payments work again/);
        await window.open('/status-pages');
        await page.getByRole('link', { name: 'Globex متجر' }).waitFor();
        await soundness(window, 'status-pages');
      },
    },
    {
      title: 'a component is stated by hand, a maintenance is announced, and a private page gets its token',
      check: async () => {
        await window.open('/status-pages/globex');
        await choose('State of Checkout', 'Degraded performance');
        await page.getByText('admin said so').waitFor();
        await button(page, 'Announce a maintenance').click();
        await dialog(page).getByLabel('Title for readers').fill('Upgrade of the database');
        await dialog(page).getByLabel('What readers notice').fill('Checkout is closed for an hour.');
        await button(page, 'Announce').click();
        await page.getByRole('article', { name: 'Upgrade of the database' }).getByText('Scheduled').first().waitFor();
        await readersSee('/status/globex', /Upgrade of the database/);
        await page.getByRole('link', { name: 'Edit' }).click();
        await page.getByLabel('Readers with a token').check();
        await button(page, 'Save').click();
        await page.getByText('Nobody can read the page').waitFor();
        await button(page, 'Make a token').click();
        await button(page, 'Make').click();
        const token = (await page.locator('.secret').innerText()).trim();
        await button(page, 'I have stored it').click();
        const opened = await fetch(`${url}/api/status/pages/globex/open`, {
          method: 'POST',
          redirect: 'manual',
          body: new URLSearchParams({ token }),
        });
        strictEqual(opened.status, 303);
        match(opened.headers.get('location') ?? '', /\/status\/private\/[0-9a-f]{64}$/);
        await readersSee('/status/globex', /Upgrade of the database/, false);
        await button(page, 'More').click();
        await page.getByRole('menuitem', { name: 'Delete the page' }).click();
        await button(page, 'Delete').click();
        await page.getByText('No status page yet').waitFor();
        ok(page.url().endsWith('/status-pages'));
      },
    },
  ];
}
