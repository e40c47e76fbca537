import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { logInFirst, tocsinClient } from '../../operate/tocsin-client.ts';
import { eventually } from '../../operate/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { button, dialog, type Play } from './desk.ts';
import { soundness } from './soundness.ts';

/** Names of this run. */
const run = Date.now().toString(36);
const DAY_MS = 86_400_000;

interface Linked {
  readonly status: string;
  readonly mergedInto: string | null;
  readonly splitFrom: string | null;
  readonly alerts: readonly { readonly title: string }[];
}

const choose = async (page: Page, field: string, option: string | RegExp): Promise<void> => {
  await dialog(page).getByLabel(field, { exact: true }).click();
  await page.getByRole('option', { name: option }).first().click();
};

/** What people do with each other: incidents that become one or two, shifts that change hands, roles, and people who leave. */
export async function peopleGuarantees({
  desk,
  tocsin: { url, password, admin },
}: Play): Promise<readonly Guarantee[]> {
  const makePerson = async (name: string, roles: readonly string[]) => {
    const username = `${name}-${run}`;
    const chosen = `the long way home of ${name}`;
    const made = await admin.post<{ readonly id: string; readonly password: string }>('/api/users', {
      username,
      roles,
    });
    const client = tocsinClient(url, await logInFirst(url, username, made.password, chosen));
    return { id: made.id, username, password: chosen, client };
  };
  const declare = async (title: string): Promise<string> =>
    (await admin.post<{ readonly id: string }>('/api/monitoring/incidents', { title, severity: 'SEV3' })).id;
  const raise = async (title: string): Promise<string> =>
    (await admin.post<{ readonly id: string }>('/api/monitoring/alerts', { title, severity: 'warning' })).id;
  const incident = (id: string) => admin.get<Linked>(`/api/monitoring/incidents/${id}`);
  const passSeconds = async (advanceSeconds: number): Promise<void> => {
    await fetch(`${url}/_local/clock`, { method: 'POST', body: JSON.stringify({ advanceSeconds }) });
  };
  const window = await desk.signIn('admin', password);
  const { page, open } = window;
  const [eva, finn] = [await makePerson('eva', ['operator']), await makePerson('finn', ['operator'])];
  const { id: schedule } = await admin.post<{ readonly id: string }>('/api/oncall/schedules', {
    name: `Turns ${run}`,
    timeZone: 'Europe/Berlin',
    layers: [
      {
        name: 'Days',
        users: [eva.id, finn.id],
        rotation: { type: 'daily' },
        handOff: '09:00',
        start: new Date(Date.now() - 2 * DAY_MS).toISOString().slice(0, 10),
      },
    ],
  });

  return [
    {
      title: 'an alert is linked, moved from another incident, split off, and two incidents become one',
      check: async () => {
        const [one, other] = [await declare(`One ${run}`), await declare(`Other ${run}`)];
        const titles = [`Disk ${run}`, `Queue ${run}`];
        const [disk] = [await raise(titles[0] ?? ''), await raise(titles[1] ?? '')];
        await admin.post(`/api/monitoring/incidents/${other}/alerts`, { alertId: disk });
        await open(`/incidents/${one}`);
        for (const title of titles) {
          await button(page, 'Link an alert').click();
          await choose(page, 'Open alert', title);
          await button(page, 'Link').click();
          if (title === titles[0]) await button(page, 'Move it here').click();
          await page.getByRole('link', { name: title }).waitFor();
        }
        await eventually('the other has none', { withinMs: 10_000, everyMs: 100 }, async () =>
          deepStrictEqual((await incident(other)).alerts, []),
        );
        await page.getByRole('checkbox', { name: titles[1] ?? '' }).click({ force: true });
        await button(page, 'Split off').click();
        await dialog(page).getByLabel('What is wrong there').fill(`Split ${run}`);
        await dialog(page).getByRole('button', { name: 'Split off' }).click();
        await page.getByRole('heading', { level: 1, name: `Split ${run}` }).waitFor();
        const split = new URL(page.url()).pathname.split('/').at(-1) ?? '';
        strictEqual((await incident(split)).splitFrom, one);
        await page.getByRole('link', { name: titles[1] ?? '' }).waitFor();
        await page
          .getByRole('link', { name: `One ${run}` })
          .first()
          .click();
        await page.getByRole('heading', { level: 1, name: `One ${run}` }).waitFor();
        await button(page, 'More').click();
        await page.getByRole('menuitem', { name: 'Merge another incident into this one' }).click();
        await choose(page, 'Incident to merge', `Split ${run}`);
        await button(page, 'Merge').click();
        await page.getByText('Merged. The alerts follow within moments.').waitFor();
        await page.getByRole('link', { name: titles[1] ?? '' }).waitFor();
        strictEqual((await incident(split)).mergedInto, one);
        await soundness(window, 'incident-merged');
        await open(`/incidents/${split}`);
        await page.getByText('This incident was merged into').waitFor();
        await page
          .getByRole('link', { name: `One ${run}` })
          .first()
          .click();
        await page.getByRole('heading', { level: 1, name: `One ${run}` }).waitFor();
        await page.getByRole('checkbox', { name: titles[0] ?? '' }).click({ force: true });
        await button(page, 'Unlink').click();
        await page.getByText('Unlinked. Rules do not link it again.').waitFor();
        await page.getByRole('link', { name: titles[0] ?? '' }).waitFor({ state: 'detached' });
      },
    },
    {
      title: 'a shift is offered for another, accepted by the other person, and the calendar and both people show it',
      check: async () => {
        const asks = await desk.signIn(eva.username, eva.password);
        await asks.open(`/on-call/${schedule}`);
        await button(asks.page, 'Ask for a swap').click();
        await dialog(asks.page).getByLabel('The shift that you give away').click();
        await asks.page.getByRole('option').nth(1).click();
        await choose(asks.page, 'Who takes it', finn.username);
        await dialog(asks.page).getByLabel('The shift that you take in return').click();
        await asks.page.getByRole('option').nth(2).click();
        await dialog(asks.page).getByLabel('Note').fill('A wedding.');
        await button(asks.page, 'Ask').click();
        await asks.page.getByText('The request is on its way.').waitFor();
        const answers = await desk.signIn(finn.username, finn.password, { viewport: { width: 390, height: 844 } });
        await answers.open('/on-call');
        const asked = answers.page.getByRole('listitem').filter({ hasText: 'A wedding.' });
        await asked.getByText(eva.username).waitFor();
        await asked.getByRole('button', { name: 'Accept' }).click();
        await answers.page.getByText('The swap is accepted.').waitFor();
        await asks.open('/on-call');
        await asks.page.getByRole('listitem').filter({ hasText: 'A wedding.' }).getByText('accepted').waitFor();
        const { items } = await admin.get<{ readonly items: readonly { readonly status: string }[] }>(
          '/api/oncall/swaps',
        );
        ok(items.some(({ status }) => status === 'accepted'));
        await soundness(asks, 'swaps');
        for (const each of [asks, answers]) {
          deepStrictEqual(each.complaints(), []);
          await each.page.context().close();
        }
      },
    },
    {
      title:
        'a calendar link is shown once, opens the shifts without signing in, and opens nothing after its removal is confirmed',
      check: async () => {
        await open(`/on-call/${schedule}`);
        await button(page, 'Link to all shifts').click();
        await page.getByText('This link is shown once.').waitFor();
        const link = /https?:\/\/\S+/.exec(
          await page.getByRole('alert').or(page.getByText(/^http/)).first().innerText(),
        )?.[0];
        const address =
          link ??
          (
            await page
              .getByText(/\/api\/oncall\/\S+\.ics/)
              .first()
              .innerText()
          ).trim();
        const calendar = await (await fetch(address)).text();
        match(calendar, /^BEGIN:VCALENDAR/);
        ok(calendar.includes(eva.username), calendar.slice(0, 400));
        await page
          .getByRole('listitem')
          .filter({ hasText: 'All shifts' })
          .getByRole('button', { name: /^Remove/ })
          .click();
        await dialog(page).getByText('no longer opens anything').waitFor();
        strictEqual((await fetch(address)).status, 200);
        await button(page, 'Delete').click();
        await page.getByText('The calendar link All shifts is deleted.').waitFor();
        await eventually('the link opens nothing', { withinMs: 10_000, everyMs: 100 }, async () =>
          strictEqual((await fetch(address)).status, 404),
        );
      },
    },
    {
      title: 'a role is made, given to a person, changed and deleted, and what it allows is what its person is offered',
      check: async () => {
        const role = `readers-${run}`;
        await open('/security?part=roles');
        await button(page, 'Make a role').click();
        await dialog(page).getByLabel('Name', { exact: true }).fill(role);
        await dialog(page).getByLabel('Inherits from').click();
        await page.getByRole('option', { name: 'viewer' }).first().click();
        await page.keyboard.press('Escape');
        await button(page, 'Save').click();
        await page.getByText(`The role ${role} is saved.`).waitFor();
        const gus = await makePerson('gus', [role]);
        // The authorizer reads roles again a moment later.
        await passSeconds(31);
        const theirs = await desk.signIn(gus.username, gus.password);
        const offered = (name: string) => theirs.page.getByRole('link', { name, exact: true });
        await offered('Overview').waitFor();
        await theirs.page
          .getByText(/All is well|Nothing is down|No monitor|Not everything is known|Something/)
          .first()
          .waitFor();
        strictEqual(await offered('Alerts').count(), 0);
        await button(page, `Change ${role}`).click();
        await dialog(page).getByLabel('Inherits from').click();
        await page.getByRole('option', { name: 'operator' }).first().click();
        await page.keyboard.press('Escape');
        await button(page, 'Save').click();
        await dialog(page).waitFor({ state: 'detached' });
        await passSeconds(31);
        await theirs.page.reload();
        await offered('Alerts').waitFor();
        strictEqual(await offered('Security').count(), 0);
        deepStrictEqual(theirs.complaints(), []);
        await theirs.page.context().close();
        // A role that somebody has cannot go.
        await button(page, `Delete ${role}`).click();
        await dialog(page).getByRole('button', { name: 'Delete' }).click();
        await dialog(page)
          .getByRole('alert')
          .or(dialog(page).getByText(/user|person|people/i))
          .first()
          .waitFor();
        await page.keyboard.press('Escape');
        await admin.remove(`/api/users/${gus.id}`);
        await button(page, `Delete ${role}`).click();
        await dialog(page).getByRole('button', { name: 'Delete' }).click();
        await page.getByText(`The role ${role} is deleted.`).waitFor();
        await button(page, `Delete ${role}`).waitFor({ state: 'detached' });
      },
    },
    {
      title: 'the audit trail is saved as CSV, in which what others wrote is no formula',
      check: async () => {
        await admin.post('/api/api-keys', { name: `=cmd|' /C calc'!A0`, permissions: ['integrations.ingest'] });
        await eventually('the trail has it', { withinMs: 15_000, everyMs: 300 }, async () => {
          await open('/security?part=audit&action=apikey.*');
          await page.getByText('=cmd').first().waitFor({ timeout: 2_000 });
        });
        const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Export as CSV').click()]);
        match(download.suggestedFilename(), /\.csv$/);
        const text = await readFile(await download.path(), 'utf8');
        const lines = text.split('\r\n');
        ok(lines.length > 2, text);
        ok(
          lines.some((line) => line.includes('=cmd')),
          text,
        );
        ok(!/(^|,)"?[=+@]/m.test(text), text);
      },
    },
    {
      title:
        'a person who is switched off is out within moments, is refused at the door, and is let in again when switched on',
      check: async () => {
        const hugo = await makePerson('hugo', ['operator']);
        const theirs = await desk.signIn(hugo.username, hugo.password, { clockAheadMs: 0 });
        await theirs.open('/alerts');
        await open(`/security?q=${hugo.username}`);
        const act = async (item: string): Promise<void> => {
          await button(page, `Actions on ${hugo.username}`).click();
          await page.getByRole('menuitem', { name: item, exact: true }).click();
        };
        await act('Disable');
        await dialog(page).getByRole('button', { name: 'Disable' }).click();
        await page.getByText('Disabled', { exact: true }).waitFor();
        await theirs.page.clock.fastForward('16:00');
        await theirs.page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
        const again = theirs.page.getByRole('dialog', { name: 'Your session has ended' });
        await again.getByLabel('Password').fill(hugo.password);
        await theirs.page.keyboard.press('Enter');
        await again.getByText('The user name or the password is wrong.').waitFor();
        await act('Enable');
        await page.getByText('may sign in again').waitFor();
        await again.getByLabel('Password').fill(hugo.password);
        await theirs.page.keyboard.press('Enter');
        await again.waitFor({ state: 'detached' });
        await theirs.page.context().close();
      },
    },
  ];
}
