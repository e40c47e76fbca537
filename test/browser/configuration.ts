import { ok, strictEqual } from 'node:assert/strict';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { button, dialog, type Play } from './desk.ts';
import { soundness } from './soundness.ts';

interface Config {
  readonly version: number;
  readonly settings: {
    readonly thresholds: { readonly cpuPercent: { readonly warning: number; readonly critical: number } };
    readonly retention: { readonly minuteDays: number };
  };
}

/** How an engineer sets Tocsin up in the console. */
export async function configurationGuarantees({
  desk,
  tocsin: { url, password, admin },
}: Play): Promise<readonly Guarantee[]> {
  const window = await desk.signIn('admin', password);
  const { page } = window;
  const config = () => admin.get<Config>('/api/monitoring/config');

  return [
    {
      title: 'settings are saved on top of what somebody else saved meanwhile, compared by version, and taken back',
      check: async () => {
        await window.open('/configuration?part=settings');
        await page.getByLabel('CPU, warning').fill('70');
        const before = await config();
        await admin.put('/api/monitoring/config', {
          version: before.version,
          settings: { ...before.settings, retention: { ...before.settings.retention, minuteDays: 7 } },
        });
        await page.getByLabel('Why').fill('The shop has less air.');
        await button(page, 'Save').click();
        await button(page, 'Save mine on top').click();
        await page.getByText('The settings are saved.').waitFor();
        const { version, settings } = await config();
        strictEqual(settings.thresholds.cpuPercent.warning, 70);
        strictEqual(settings.retention.minuteDays, 7);
        await soundness(window, 'settings');
        await window.open('/configuration?part=versions');
        await page.getByText('The shop has less air.').waitFor();
        await page.getByRole('button', { name: `What changed in version ${version}` }).click();
        await page.getByText('Thresholds: CPU, warning').waitFor();
        await soundness(window, 'versions');
        await button(page, `Go back to version ${version - 1}`).click();
        await button(page, 'Go back').last().click();
        await page.getByText(`The settings of version ${version - 1} are in force again.`).waitFor();
        strictEqual((await config()).settings.thresholds.cpuPercent.warning, 80);
      },
    },
    {
      title: 'the lines for a client work as they are copied, with a key that is made beside them',
      check: async () => {
        await window.open('/configuration');
        await button(page, 'Make a key for it').click();
        await page.getByText('The key is in the lines below.').waitFor();
        const lines = await page.locator('.snippet pre').innerText();
        const [, address = ''] = /(http\S+)/.exec(lines) ?? [];
        const [, key = ''] = /Bearer (tsk_[^']+)'/.exec(lines) ?? [];
        const [, body = ''] = /-d '(.+)'/.exec(lines) ?? [];
        const sent = await fetch(address, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body,
        });
        ok(sent.ok, `${sent.status} ${await sent.text()}`);
        await page.getByText('Alertmanager', { exact: true }).click();
        await page
          .locator('.snippet pre')
          .filter({ hasText: `${url}/api/integrations/tsk_` })
          .waitFor();
        await page.getByText('PagerDuty', { exact: true }).click();
        await page.getByLabel('Name of the integration').fill('from the desk');
        await button(page, 'Make an integration').click();
        await page.getByText('The integration is there.').waitFor();
        const event = await page.locator('.snippet pre').innerText();
        const [, to = ''] = /(http\S+)/.exec(event) ?? [];
        const taken = await fetch(to, { method: 'POST', body: /-d '(.+)'/.exec(event)?.[1] ?? '' });
        strictEqual(taken.status, 202, await taken.text());
        await soundness(window, 'integrations');
        await button(page, 'Send a test alert').click();
        await page.getByRole('heading', { name: 'Test alert from the console' }).waitFor();
      },
    },
    {
      title: 'an endpoint is subscribed to alerts, and waits for its owner',
      check: async () => {
        await window.open('/configuration?part=subscriptions');
        await button(page, 'Subscribe an endpoint').click();
        await dialog(page).getByLabel('Kind').click();
        await page.getByRole('option', { name: 'E-mail' }).click();
        await dialog(page).getByLabel('Endpoint').fill('payments@example.com');
        await button(page, 'Subscribe').click();
        await page.getByText('p***@example.com').waitFor();
        await page.getByText('Waits for its owner').waitFor();
        await soundness(window, 'subscriptions');
      },
    },
  ];
}
