import { match, notStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { eventually } from '../../operate/eventually.ts';
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
        // What became of it is found by the list, from the alert, and from the integration.
        await window.open('/events');
        const row = page.getByRole('row').filter({ hasText: 'The backup of db-7 failed' });
        await row.getByRole('link', { name: 'Opened the alert' }).first().click();
        const story = page.getByRole('list', { name: 'What became of it' });
        await story.getByText('It opened the alert.').waitFor();
        const steps = await story.getByRole('listitem').allInnerTexts();
        match(steps[0] ?? '', /^Received/);
        match(steps.join(' '), /Routed|Not paged/);
        await soundness(window, 'event');
        await page.getByRole('link', { name: 'Open the alert' }).click();
        await page.getByRole('link', { name: /^\d+ reports?, what became of them$/ }).click();
        await page.getByText('Only events of “The backup of db-7 failed”.').waitFor();
        await page.getByRole('row').getByRole('link', { name: 'from the desk' }).first().click();
        await page.getByRole('heading', { level: 1, name: 'from the desk' }).waitFor();
        await page
          .getByRole('table', { name: 'Last events' })
          .getByRole('link', { name: 'Opened the alert' })
          .waitFor();
        await page.getByRole('link', { name: 'All its events' }).click();
        await page.getByRole('heading', { level: 1, name: 'Events' }).waitFor();
        await page.getByRole('button', { name: /from the desk/ }).waitFor();
        await soundness(window, 'events');
        await page.getByLabel('Find an event').fill('db-7/backup');
        await page.keyboard.press('Enter');
        await page.getByText('Only events of the key “db-7/backup”.').waitFor();
        await row.first().waitFor();
        await window.open('/configuration');
        await page.getByText('PagerDuty', { exact: true }).click();
        await button(page, 'Send a test alert').click();
        await dialog(page).getByText('It is a real alert').waitFor();
        await button(page, 'Send it').click();
        await page.getByRole('heading', { name: 'Test alert from the console' }).waitFor();
      },
    },
    {
      title:
        'a webhook is mapped from a sample, rejected with its reason, replayed once mended, and its key is rotated',
      check: async () => {
        const send = (address: string, message: object) =>
          fetch(address, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(message),
          });
        const message = { id: 'sda', host: 'db-1', subject: 'sda of db-1 is full', state: 'firing', level: 'critical' };
        await window.open('/configuration');
        await page.getByRole('link', { name: 'Add an integration' }).click();
        await page.getByRole('heading', { level: 1, name: 'Add an integration' }).waitFor();
        await page.getByLabel('Name', { exact: true }).fill('disk watch');
        await page.getByLabel('Message', { exact: true }).fill(JSON.stringify(message));
        await button(page, 'Fill in from the sample').click();
        await page.getByText('Opens an alert, or counts onto it').waitFor();
        // A path is offered with what the sample has there.
        await page.getByLabel('Title', { exact: true }).fill('$.host');
        await page.getByRole('option', { name: '$.host db-1' }).click();
        await page.getByRole('region', { name: 'Event 1' }).getByText('db-1', { exact: true }).first().waitFor();
        await page.getByLabel('Title', { exact: true }).fill('{{ $.subject }}, says {{ $.host }}');
        await page.getByText('sda of db-1 is full, says db-1').first().waitFor();
        await page.getByRole('button', { name: 'What each part came to' }).click();
        await page.getByLabel('Key of the problem', { exact: true }).fill('$.a b');
        await page.getByText('is no path').first().waitFor();
        await page.getByLabel('Key of the problem', { exact: true }).fill('$.id');
        await page.getByText('sda of db-1 is full, says db-1').first().waitFor();
        await soundness(window, 'integration-new');
        await button(page, 'Save, and show the key').click();
        await page.getByRole('heading', { level: 1, name: 'Connect disk watch' }).waitFor();
        const address = (await page.getByLabel('Address', { exact: true }).innerText()).trim();
        ok(address.startsWith(`${url}/api/integrations/tsi_`), address);
        await soundness(window, 'integration-connect');
        const taken = await send(address, message);
        strictEqual(taken.status, 200, await taken.text());
        await button(page, 'I have stored the key').click();
        await page.getByRole('heading', { level: 1, name: 'disk watch' }).waitFor();
        await button(page, 'Rotate the key').click();
        await button(page, 'Make a new key').click();
        await page.getByText('disk watch has a new key.').waitFor();
        const next = (await page.getByLabel('Address', { exact: true }).innerText()).trim();
        notStrictEqual(next, address);
        // The former one is accepted for a day beside it.
        for (const each of [address, next]) strictEqual((await send(each, { ...message, state: 'ok' })).status, 200);
        // A refusal is written at most every five seconds.
        await eventually('a rejected message is shown', { withinMs: 60_000, everyMs: 2_000 }, async () => {
          strictEqual((await send(next, { host: 'db-2', subject: 'sdb is full', state: 'firing' })).status, 400);
          await page.reload();
          await page.getByRole('button', { name: 'The message' }).first().waitFor({ timeout: 4_000 });
        });
        await page.getByRole('button', { name: 'The message' }).first().click();
        await page.getByText('db-2').first().waitFor();
        await page.getByText(/^…\w+, made .* ends /).waitFor();
        // A later change in the console leaves what an earlier one said.
        const minutesNow = async () => {
          const { items } = await admin.get<{
            readonly items: readonly { readonly name: string; readonly autoResolveMinutes?: number }[];
          }>('/api/integrations');
          return items.find(({ name }) => name.startsWith('disk watch'))?.autoResolveMinutes;
        };
        for (const [label, text, kept] of [
          ['Resolve its alerts after', '90', 90],
          ['Team', 'storage', 90],
          ['Resolve its alerts after', '', undefined],
        ] as const) {
          await button(page, 'Edit').click();
          await dialog(page).getByLabel(label).fill(text);
          await button(page, 'Save').click();
          await dialog(page).waitFor({ state: 'detached' });
          strictEqual(await minutesNow(), kept);
        }
        await soundness(window, 'integration');
        await window.open('/events?outcome=rejected');
        const refused = page.getByRole('row').filter({ hasText: 'Rejected' }).getByRole('link', { name: 'disk watch' });
        await eventually('the search finds it', { withinMs: 60_000, everyMs: 2_000 }, async () => {
          await send(next, { host: 'db-2', subject: 'sdb is full', state: 'firing' });
          await page.reload();
          await refused.first().waitFor({ timeout: 4_000 });
        });
        await refused.first().click();
        await page.getByRole('heading', { level: 1, name: 'disk watch' }).waitFor();
        await page.getByLabel('Key of the problem', { exact: true }).fill('$.host');
        await button(page, 'Save the mapping').click();
        await page.getByText('The mapping is saved.').first().waitFor();
        await eventually('the messages are replayed', { withinMs: 60_000, everyMs: 2_000 }, async () => {
          await button(page, 'Replay all').click();
          await page.getByText('Replayed', { exact: true }).first().waitFor({ timeout: 4_000 });
        });
        const { items: opened } = await admin.get<{ readonly items: readonly { readonly title: string }[] }>(
          '/api/monitoring/alerts?status=open&limit=100',
        );
        ok(opened.some(({ title }) => title.includes('db-2')));
        await button(page, 'More').click();
        await page.getByRole('menuitem', { name: 'Delete' }).click();
        await button(page, 'Delete').click();
        await page.getByText('The integration disk watch is deleted.').waitFor();
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
