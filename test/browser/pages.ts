import { match, ok, strictEqual } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { eventually } from '../../operate/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { button, dialog, type Play } from './desk.ts';
import { soundness } from './soundness.ts';

const DAY_MS = 86_400_000;
/** Names of this run. */
const run = Date.now().toString(36);

/** Chooses an option of a field by its label. */
const choose = async (page: Page, field: string, option: string): Promise<void> => {
  await dialog(page).getByLabel(field, { exact: true }).click();
  await page.getByRole('option', { name: option }).first().click();
};

/** What an engineer on call does in the console, each page with what axe and the browser have to say about it. */
export async function pageGuarantees({ desk, tocsin }: Play): Promise<readonly Guarantee[]> {
  const { url, password, admin } = tocsin;
  const window = await desk.signIn('admin', password);
  const { page } = window;
  const me = await admin.get<{ readonly id: string }>('/api/auth/me');

  const sound = (name: string): Promise<void> => soundness(window, name);

  return [
    {
      title: 'an incident goes from its declaration through notes, tasks and states to its review',
      check: async () => {
        await window.open('/incidents');
        await button(page, 'Declare an incident').first().click();
        await dialog(page).getByLabel('What is wrong').fill('Checkout answers 500 <script>alert(1)</script>');
        await button(page, 'Declare').click();
        await page.getByRole('heading', { level: 1, name: 'Checkout answers 500' }).waitFor();
        await page.getByRole('textbox', { name: 'Note' }).fill('The last deployment is suspicious.');
        // A note that is begun never becomes an update to everybody.
        await button(page, 'Update to subscribers').click();
        strictEqual(await page.getByRole('textbox', { name: 'Status update' }).inputValue(), '');
        await button(page, 'Note').click();
        strictEqual(
          await page.getByRole('textbox', { name: 'Note' }).inputValue(),
          'The last deployment is suspicious.',
        );
        await page.getByLabel('Pin it').check();
        await button(page, 'Add note').click();
        await page.getByRole('heading', { name: 'Pinned' }).waitFor();
        await button(page, 'Add a task').click();
        await dialog(page).getByLabel('What is to be done').fill('Roll back');
        await button(page, 'Add').click();
        await page.getByRole('checkbox', { name: 'Roll back' }).click();
        await page.getByText('completed the task “Roll back”').waitFor();
        await button(page, 'Identified').click();
        await page.getByText('changed the state from triggered to identified').waitFor();
        await sound('incident');
        await button(page, 'Resolved').click();
        await dialog(page).getByLabel('What ended it').fill('Rolled back.');
        await button(page, 'Resolve').click();
        await page.getByText('changed the state from identified to resolved').waitFor();
        await page.getByRole('link', { name: 'Review' }).click();
        await page.getByRole('heading', { level: 2, name: 'Checkout answers 500' }).waitFor();
        await sound('review');
      },
    },
    {
      title:
        'an alert leads to its incident and back, both show what changed before, and command is taken by one press',
      check: async () => {
        const service = `till-${run}`;
        const { key } = await admin.post<{ readonly key: string }>('/api/integrations', {
          type: 'pagerduty',
          name: `deployments ${run}`,
          service,
        });
        const changed = await fetch(`${url}/v2/change/enqueue`, {
          method: 'POST',
          body: JSON.stringify({
            routing_key: key,
            payload: {
              summary: 'till 1.42 deployed',
              source: 'ci',
              timestamp: new Date(Date.now() - 60_000).toISOString(),
            },
            links: [{ href: 'https://ci.example/42', text: 'Build 42' }],
          }),
        });
        strictEqual(changed.status, 202);
        const raise = (title: string, of: string) =>
          admin.post<{ readonly id: string }>('/api/monitoring/alerts', { title, severity: 'warning', service: of });
        const alert = await raise('The till answers 500', service);
        const other = await raise('The kiosk answers 500', `kiosk-${run}`);
        const incident = await admin.post<{ readonly id: string }>('/api/monitoring/incidents', {
          title: 'Nobody can pay',
          severity: 'SEV2',
        });
        await admin.post(`/api/monitoring/incidents/${incident.id}/alerts`, { alertId: alert.id });
        await window.open(`/alerts?alert=${other.id}`);
        await page.getByText(`No change of kiosk-${run} was reported in the 12 hours before.`).waitFor();
        await window.open(`/alerts?alert=${alert.id}`);
        await page.getByText('till 1.42 deployed').waitFor();
        await sound('alert-of-incident');
        await page.getByRole('link', { name: 'Nobody can pay' }).click();
        await page.getByRole('heading', { level: 1, name: 'Nobody can pay' }).waitFor();
        await page.getByRole('link', { name: 'Build 42' }).waitFor();
        await button(page, 'I take command').click();
        await page.getByText('You are the commander.').waitFor();
        await button(page, 'I take command').waitFor({ state: 'detached' });
        const { roles } = await admin.get<{ readonly roles: { readonly commander: string | null } }>(
          `/api/monitoring/incidents/${incident.id}`,
        );
        strictEqual(roles.commander, me.id);
        await page.getByRole('link', { name: 'The till answers 500' }).click();
        await page.getByRole('heading', { name: 'The till answers 500' }).waitFor();
        await page.goBack();
        await page.getByRole('heading', { level: 1, name: 'Nobody can pay' }).waitFor();
      },
    },
    {
      title: 'incidents are found by state in the list and on the board, and the address shows the same',
      check: async () => {
        await admin.post('/api/monitoring/incidents', { title: 'Search is slow', severity: 'SEV3' });
        await window.open('/incidents?state=resolved');
        await page.getByRole('link', { name: 'Checkout answers 500' }).waitFor();
        strictEqual(await page.getByRole('link', { name: 'Search is slow' }).count(), 0);
        await window.open('/incidents?view=board');
        await page.getByRole('region', { name: 'Triggered' }).getByRole('link', { name: 'Search is slow' }).waitFor();
        await sound('board');
      },
    },
    {
      title:
        'a form that opened before somebody else changed the incident says so, and changes only its own fields on top',
      check: async () => {
        const { id } = await admin.post<{ readonly id: string }>('/api/monitoring/incidents', {
          title: 'Two people at once',
          severity: 'SEV4',
        });
        await window.open(`/incidents/${id}`);
        await button(page, 'Edit').click();
        await dialog(page).getByLabel('What is wrong').fill('Two people, one incident');
        await admin.patch(`/api/monitoring/incidents/${id}`, { version: 1, private: true });
        // The page reads the incident again, and the form must not take its version.
        await page.getByText('changed the private').waitFor();
        await button(page, 'Save').click();
        await button(page, 'Save mine on top').click();
        await page.getByRole('heading', { level: 1, name: 'Two people, one incident' }).waitFor();
        const after = await admin.get<{ readonly private: boolean }>(`/api/monitoring/incidents/${id}`);
        strictEqual(after.private, true);
      },
    },
    {
      title: 'a schedule is made, overridden by dragging over its calendar, compared before that, and taken back',
      check: async () => {
        await window.open('/on-call/new');
        await page.getByLabel('Name', { exact: true }).first().fill('Payments, first line');
        await button(page, 'Save').click();
        await page.getByRole('heading', { level: 1, name: 'Payments, first line' }).waitFor();
        const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
        const ben = await admin.post<{ readonly id: string }>('/api/users', {
          username: `ben-${run}`,
          displayName: `Ben ${run}`,
          roles: ['operator'],
        });
        const next = new Date(Date.now() + 7 * DAY_MS).toISOString().slice(0, 10);
        await window.open(`/on-call/${id}?at=${next}`);
        const track = page.locator('[data-day]').nth(2);
        const box = await track.boundingBox();
        ok(box);
        const y = box.y + box.height / 2;
        await page.mouse.move(box.x + box.width * 0.25, y);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width * 0.5, y, { steps: 4 });
        await page.mouse.up();
        await choose(page, 'Person', `Ben ${run}`);
        await dialog(page).getByText('→').waitFor();
        await window.picture('console-override');
        await button(page, 'Save override').click();
        await page.getByText(`Ben ${run} instead of everybody`).waitFor();
        const { items: overrides } = await admin.get<{
          readonly items: readonly { readonly userId: string; readonly from: string; readonly to: string }[];
        }>(`/api/oncall/schedules/${id}/overrides`);
        strictEqual(overrides[0]?.userId, ben.id);
        strictEqual(Date.parse(overrides[0].to) - Date.parse(overrides[0].from), DAY_MS / 4);
        await sound('schedule');
        await page.getByRole('button', { name: /^Take back/ }).click();
        await page.getByText('None. Drag over the calendar').waitFor();
        await window.open('/on-call');
        await page.getByRole('link', { name: 'Payments, first line' }).first().waitFor();
        await sound('on-call');
      },
    },
    {
      title: 'a phone is added, verified by the code that arrives, and named in the notification rules',
      check: async () => {
        const to = `+49151${String(Date.now()).slice(-8)}`;
        await window.open('/me');
        await button(page, 'Add a contact').click();
        await dialog(page).getByLabel('Phone number with country code').fill(to.replace('+49151', '+49 151 '));
        await button(page, 'Send a code').click();
        const code = await eventually('a code arrives', { withinMs: 10_000, everyMs: 50 }, async () => {
          const answer = await fetch(`${url}/_local/outbox`);
          const { items } = (await answer.json()) as { items: { to: string; text: string }[] };
          const found = /\b\d{6}\b/.exec(items.find((each) => each.to === to)?.text ?? '')?.[0];
          ok(found);
          return found;
        });
        await dialog(page).getByLabel('Six digits').fill(code);
        await button(page, 'Verify').click();
        await page.getByText('Verified', { exact: true }).waitFor();
        await page.getByText('Keep quiet hours').click();
        await button(page, 'Save rules').click();
        await page.getByText('The notification rules are saved.').waitFor();
        const rules = await admin.get<{ readonly quietHours: object | null; readonly high: readonly object[] }>(
          `/api/users/${me.id}/notification-rules`,
        );
        strictEqual(rules.high.length, 1);
        ok(rules.quietHours);
        await sound('me');
      },
    },
    {
      title:
        'a second person is invited, signs in with the password that is shown once, and is offered what they may do',
      check: async () => {
        await window.open('/security');
        await button(page, 'Invite a person').click();
        await dialog(page).getByLabel('User name').fill(`chen-${run}`);
        await button(page, 'Invite').click();
        const secret = (await page.locator('.secret').innerText()).trim();
        await button(page, 'I have stored it').click();
        await page.getByText('Invited').first().waitFor();
        await sound('users');
        const second = await desk.signIn(`chen-${run}`, secret);
        await second.page.getByLabel('Current password').fill(secret);
        await second.page.getByLabel('New password', { exact: true }).fill('the long way home of chen');
        await second.page.getByLabel('New password again').fill('the long way home of chen');
        await button(second.page, 'Change password').click();
        await second.page.getByRole('link', { name: 'On call', exact: true }).waitFor();
        strictEqual(await second.page.getByRole('link', { name: 'Security', exact: true }).count(), 0);
        await second.open('/on-call');
        await second.page.getByRole('link', { name: 'Payments, first line' }).first().waitFor();
        strictEqual(await second.page.getByRole('link', { name: 'Make a schedule' }).count(), 0);
      },
    },
    {
      title: 'a machine key is shown once, works, and is revoked; the audit trail names who did it',
      check: async () => {
        await window.open('/security?part=keys');
        await button(page, 'Make a key').click();
        await dialog(page).getByLabel('Name', { exact: true }).fill('from the console');
        await button(page, 'Make').click();
        match((await page.locator('.secret').innerText()).trim(), /^tsk_/);
        await button(page, 'I have stored it').click();
        await button(page, 'Revoke from the console').click();
        await button(page, 'Revoke').click();
        await button(page, 'Revoke from the console').waitFor({ state: 'detached' });
        await sound('keys');
        await eventually('the trail has it', { withinMs: 15_000, everyMs: 500 }, async () => {
          await window.open('/security?part=audit&action=apikey.*');
          await page.getByText('apikey: revoked from the console').waitFor({ timeout: 2_000 });
        });
        await sound('audit');
        await window.open('/security?part=roles');
        await page.getByText('Built in').first().waitFor();
        await sound('roles');
      },
    },
  ];
}
