import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { logInFirst, tocsinClient } from '../../operate/tocsin-client.ts';
import { eventually } from '../../operate/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { button, dialog, type Play } from './desk.ts';

/** Names of this run. */
const run = Date.now().toString(36);
const HOUR_MS = 3_600_000;
const AWAY = 'Tocsin does not answer. The page shows what was last known';

/** The backend does not answer this page, while files still come from the edge. */
const cutOff = async (page: Page): Promise<void> => {
  await page.route(/\/(api|\.well-known)\//, (route) => route.abort());
};
const connect = (page: Page): Promise<void> => page.unrouteAll({ behavior: 'ignoreErrors' });

/** What goes wrong on bad days, and what the person at the console sees of it. */
export async function badDayGuarantees({ desk, tocsin }: Play): Promise<readonly Guarantee[]> {
  const { url, password, admin } = tocsin;
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
  const raise = async (title: string, more: object = {}): Promise<string> =>
    (
      await admin.post<{ readonly id: string }>('/api/monitoring/alerts', {
        title,
        severity: 'critical',
        service: `bad-days-${run}`,
        ...more,
      })
    ).id;
  const declare = async (title: string): Promise<string> =>
    (await admin.post<{ readonly id: string }>('/api/monitoring/incidents', { title, severity: 'SEV3' })).id;
  const passSeconds = async (advanceSeconds: number): Promise<void> => {
    await fetch(`${url}/_local/clock`, { method: 'POST', body: JSON.stringify({ advanceSeconds }) });
  };
  const mei = await makePerson('mei', ['operator']);

  return [
    {
      title:
        'the API is gone for a minute and for twenty: the page says so, what was typed stays, and it goes on by itself',
      check: async () => {
        const id = await declare('The API goes away');
        const { page, open, complaints } = await desk.signIn(mei.username, mei.password, { clockAheadMs: 0 });
        await open(`/incidents/${id}`);
        const note = page.getByRole('textbox', { name: 'Note' });
        await note.fill('Typed before it went away.');
        const notice = page.getByText(AWAY);
        await cutOff(page);
        await page.clock.fastForward('01:00');
        await notice.waitFor();
        await button(page, 'Add note').click();
        await page.getByText('Tocsin does not answer. Check the connection, then try again.').waitFor();
        strictEqual(await note.inputValue(), 'Typed before it went away.');
        await connect(page);
        await page.clock.fastForward('00:05');
        await notice.waitFor({ state: 'detached' });
        await cutOff(page);
        // Longer than a token is valid.
        await page.clock.fastForward('20:00');
        await notice.waitFor();
        await connect(page);
        await page.clock.fastForward('00:05');
        await notice.waitFor({ state: 'detached' });
        await button(page, 'Add note').click();
        await page.getByRole('listitem').filter({ hasText: 'Typed before it went away.' }).waitFor();
        deepStrictEqual(
          complaints().filter((text) => !text.includes('net::ERR_FAILED')),
          [],
        );
        await page.context().close();
      },
    },
    {
      title: 'a page that is opened while the API is gone says so, and opens at the same address once it answers',
      check: async () => {
        const id = await declare('Opened too early');
        const { page, open } = await desk.signIn(mei.username, mei.password);
        await open(`/incidents/${id}`);
        await cutOff(page);
        await page.reload();
        await page.getByText('Tocsin does not answer. Trying again every few seconds.').waitFor();
        await connect(page);
        await page.getByRole('heading', { level: 1, name: 'Opened too early' }).waitFor();
        await page.context().close();
      },
    },
    {
      title: 'a page that can no longer be read because the backend refuses says since when it is old',
      check: async () => {
        await raise('The database refuses');
        const { page, open } = await desk.signIn(mei.username, mei.password, { clockAheadMs: 0 });
        await open('/alerts');
        await page.getByRole('link', { name: 'The database refuses' }).first().waitFor();
        await page.route(/\/api\//, (route) =>
          route.fulfill({
            status: 503,
            contentType: 'application/problem+json',
            body: JSON.stringify({ status: 503, code: 'unavailable', detail: 'The database does not answer.' }),
          }),
        );
        const notice = page.getByText(/This page could not be read again since \d\d:\d\d/);
        await page.clock.fastForward('00:30');
        await notice.waitFor();
        ok((await page.getByRole('link', { name: 'The database refuses' }).count()) > 0);
        await connect(page);
        await page.clock.fastForward('00:10');
        await notice.waitFor({ state: 'detached' });
        await page.context().close();
      },
    },
    {
      title: 'a session that ends while a form is open asks for the password over it, and nothing typed is lost',
      check: async () => {
        const noa = await makePerson('noa', ['operator']);
        const { page, open, violations } = await desk.signIn(noa.username, noa.password, { clockAheadMs: 0 });
        await open('/incidents?declare=yes');
        await dialog(page).getByLabel('What is wrong').fill('Half of the words');
        await dialog(page).getByLabel('What is known').fill('More words, which took a while.');
        // A tap beside the form.
        await page.mouse.click(5, 450);
        const { items: sessions } = await noa.client.get<{ readonly items: readonly { readonly id: string }[] }>(
          '/api/auth/sessions',
        );
        for (const { id } of sessions) await noa.client.remove(`/api/auth/sessions/${id}`).catch(() => undefined);
        await page.clock.fastForward('16:00');
        await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
        deepStrictEqual(await violations(), []);
        const again = page.getByRole('dialog', { name: 'Your session has ended' });
        await again.getByLabel('Password').fill(noa.password);
        await page.keyboard.press('Enter');
        await again.waitFor({ state: 'detached' });
        strictEqual(await dialog(page).getByLabel('What is wrong').inputValue(), 'Half of the words');
        strictEqual(await dialog(page).getByLabel('What is known').inputValue(), 'More words, which took a while.');
        await button(page, 'Declare').click();
        await page.getByRole('heading', { level: 1, name: 'Half of the words' }).waitFor();
        await page.context().close();
      },
    },
    {
      title: 'two people acknowledge at once: one of them has it, both see who, and neither sees an error',
      check: async () => {
        const title = `Two thumbs ${run}`;
        const id = await raise(title);
        const windows = [await desk.signIn(mei.username, mei.password), await desk.signIn('admin', password)];
        for (const { page, open } of windows) {
          await open(`/alerts?alert=${id}`);
          await page.getByRole('heading', { name: title }).waitFor();
        }
        await Promise.all(windows.map(({ page }) => button(page, 'Acknowledge').click()));
        const { acknowledgedBy } = await eventually(
          'it is acknowledged',
          { withinMs: 10_000, everyMs: 50 },
          async () => {
            const alert = await admin.get<{ readonly status: string; readonly acknowledgedBy: string }>(
              `/api/monitoring/alerts/${id}`,
            );
            strictEqual(alert.status, 'acknowledged');
            return alert;
          },
        );
        for (const { page } of windows) {
          await page.getByText('Acknowledged by').waitFor();
          await page.getByRole('definition').filter({ hasText: acknowledgedBy }).first().waitFor();
          strictEqual(await page.getByText('stays as it was').count(), 0);
        }
        const told = await Promise.all(windows.map(({ page }) => page.getByText('Somebody was faster').count()));
        deepStrictEqual(told.toSorted(), [0, 1]);
        for (const { page } of windows) await page.context().close();
      },
    },
    {
      title:
        'a role that is taken away while its person is signed in: the refusal says so, and what is refused is no longer offered',
      check: async () => {
        const kim = await makePerson('kim', ['operator']);
        const title = `No longer allowed ${run}`;
        const id = await raise(title);
        const { page, open } = await desk.signIn(kim.username, kim.password);
        await open(`/alerts?alert=${id}`);
        await page.getByRole('heading', { name: title }).waitFor();
        const { version } = await admin.get<{ readonly version: number }>(`/api/users/${kim.id}`);
        await admin.patch(`/api/users/${kim.id}`, { roles: ['viewer'], version });
        // For half a minute the gateway remembers what a token allows.
        await passSeconds(31);
        await button(page, 'Acknowledge').click();
        await page.getByText(`“${title}” stays as it was.`).waitFor();
        await button(page, 'Acknowledge').waitFor({ state: 'detached' });
        await page.getByRole('heading', { name: title }).waitFor();
        strictEqual((await admin.get<{ readonly status: string }>(`/api/monitoring/alerts/${id}`)).status, 'open');
        await page.context().close();
      },
    },
    {
      title:
        'titles with script, of a thousand characters, right to left and of emoji are text on every page, at 360 pixels too',
      check: async () => {
        const titles = [
          `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script> ${run}`,
          `${'long'.repeat(250)} ${run}`,
          `خدمة الدفع لا تستجيب منذ الساعة الثالثة ${run}`,
          `🔥🧨👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿 ${run}`,
        ];
        const window = await desk.signIn('admin', password, { viewport: { width: 360, height: 740 }, hasTouch: true });
        const { page, open, violations, complaints } = window;
        const fits = async (where: string): Promise<void> => {
          ok(
            await page.evaluate<boolean>(
              'document.documentElement.scrollWidth <= document.documentElement.clientWidth',
            ),
            `${where} is wider than 360 px`,
          );
          ok(!(await page.title()).startsWith('owned'), where);
        };
        for (const title of titles) {
          const alert = await raise(title, { labels: { host: title.slice(0, 200) }, description: title });
          const incident = await declare(title.slice(0, 200));
          await admin.post(`/api/monitoring/incidents/${incident}/notes`, { text: title });
          await admin.post(`/api/monitoring/incidents/${incident}/alerts`, { alertId: alert, move: true });
          await open(`/incidents/${incident}`);
          await fits('the incident');
          await open(`/alerts?alert=${alert}`);
          await page.locator('[class*="alert-description"]').waitFor();
          await fits('the alert');
        }
        for (const path of ['/', '/alerts', '/incidents', '/incidents?view=board', '/wall']) {
          await open(path);
          await fits(path);
          deepStrictEqual(await violations(), [], path);
        }
        deepStrictEqual(complaints(), []);
        await page.context().close();
      },
    },
    {
      title:
        'on a device whose clock is an hour wrong, ages are right, a snooze ends when it should, and the page says so',
      check: async () => {
        const title = `Raised just now ${run}`;
        const id = await raise(title);
        for (const clockAheadMs of [HOUR_MS, -HOUR_MS]) {
          const { page, open } = await desk.signIn(mei.username, mei.password, { clockAheadMs });
          await open(`/alerts?alert=${id}`);
          await page.getByRole('heading', { name: title }).waitFor();
          const row = page.getByRole('row').filter({ hasText: title });
          match(await row.innerText(), /now|minute/);
          ok(!/hour/.test(await row.innerText()), await row.innerText());
          await page.getByText(/The clock of this device is 1 h (fast|slow)/).waitFor();
          await page.context().close();
        }
      },
    },
    {
      title: 'on a phone that goes through a tunnel a note is kept, and sent when the phone is out of it',
      check: async () => {
        const id = await declare('Seen from a train');
        const { page, open } = await desk.signIn(mei.username, mei.password, {
          viewport: { width: 390, height: 844 },
          hasTouch: true,
          isMobile: true,
        });
        await open(`/incidents/${id}`);
        const note = page.getByRole('textbox', { name: 'Note' });
        await note.fill('From the train.');
        await page.context().setOffline(true);
        await button(page, 'Add note').tap();
        await page.getByText(AWAY).waitFor();
        strictEqual(await note.inputValue(), 'From the train.');
        await page.context().setOffline(false);
        await page.getByText(AWAY).waitFor({ state: 'detached' });
        await button(page, 'Add note').tap();
        await page.getByRole('listitem').filter({ hasText: 'From the train.' }).waitFor();
        strictEqual(await note.inputValue(), '');
        await page.context().close();
      },
    },
    {
      title: 'back and forward go through every page as they were, a reload stays, and back closes an open alert',
      check: async () => {
        const title = `Opened and left ${run}`;
        await raise(title);
        const { page, open, complaints } = await desk.signIn('admin', password);
        await open('/');
        const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
        const names = await links.allInnerTexts();
        ok(names.length > 10, names.join());
        const seen: { readonly url: string; readonly heading: string }[] = [];
        const heading = page.getByRole('heading', { level: 1 });
        for (const name of names) {
          await links.filter({ hasText: new RegExp(`^${name}$`) }).click();
          await page.getByRole('heading', { level: 1, name: new RegExp(name.slice(0, 4), 'i') }).waitFor();
          seen.push({ url: page.url(), heading: await heading.innerText() });
        }
        for (const { url: was, heading: words } of seen.slice(0, -1).reverse()) {
          await page.goBack();
          await page.waitForURL(was);
          await page.getByRole('heading', { level: 1, name: words.slice(0, 4) }).waitFor();
        }
        for (const { url: was, heading: words } of seen.slice(1)) {
          await page.goForward();
          await page.waitForURL(was);
          await page.reload();
          await page.getByRole('heading', { level: 1, name: words.slice(0, 4) }).waitFor();
        }
        await open(`/alerts?filter=${encodeURIComponent(`~${title}`)}`);
        await page.getByRole('link', { name: title }).click();
        await page.getByRole('button', { name: 'Close the alert' }).waitFor();
        await page.goBack();
        await page.getByRole('button', { name: 'Close the alert' }).waitFor({ state: 'detached' });
        await page.getByRole('link', { name: title }).waitFor();
        await page.goForward();
        await page.getByRole('button', { name: 'Close the alert' }).waitFor();
        deepStrictEqual(complaints(), []);
        await page.context().close();
      },
    },
    {
      title: 'a script that found its way into a page is refused by the policy, and reported by the browser',
      check: async () => {
        const { page, open, complaints } = await desk.signIn(mei.username, mei.password);
        for (const path of ['/', '/alerts']) {
          await open(path);
          await page.evaluate(`{
            const script = document.createElement('script');
            script.textContent = "document.documentElement.dataset.owned = 'yes'";
            document.body.append(script);
            const frame = document.createElement('iframe');
            frame.src = 'https://example.invalid/';
            document.body.append(frame);
          }`);
          strictEqual(await page.evaluate('document.documentElement.dataset.owned'), undefined);
          await eventually('the browser reports it', { withinMs: 5_000, everyMs: 20 }, () =>
            Promise.resolve(
              ok(
                complaints().some((text) => /Content Security Policy/.test(text)),
                complaints().join(),
              ),
            ),
          );
        }
        await page.context().close();
      },
    },
    {
      title: 'a subscriber whose mailbox does not exist is suspended, and the editor of the page reads why',
      check: async () => {
        const id = `bounces-${run}`;
        const to = `bounce+${run}@simulator.amazonses.com`;
        await admin.put(`/api/status/pages/${id}`, { version: 0, name: `Bounces ${run}`, components: [] });
        const asked = await fetch(`${url}/api/status/pages/${id}/subscribers`, {
          method: 'POST',
          body: new URLSearchParams({ email: to }),
        });
        strictEqual(asked.status, 202);
        // The queue is read each minute: the request first, then what became of the mail.
        await eventually('the subscriber is suspended', { withinMs: 30_000, everyMs: 200 }, async () => {
          await passSeconds(60);
          const { items } = await admin.get<{ readonly items: readonly { readonly state: string }[] }>(
            `/api/status/subscribers/${id}`,
          );
          strictEqual(items[0]?.state, 'suspended');
        });
        const { page, open } = await desk.signIn('admin', password);
        await open(`/status-pages/${id}`);
        const row = page.getByRole('listitem').filter({ hasText: to });
        await row.getByText('Suspended').waitFor();
        await row.getByText('Mail to this address bounced.').waitFor();
        await page.context().close();
        await admin.remove(`/api/status/pages/${id}`);
      },
    },
  ];
}
