import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { eventually } from '../../operate/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { button, dialog, type Play } from './desk.ts';

/** Names of this run. */
const run = Date.now().toString(36);

interface Focused {
  readonly tag: string;
  readonly name: string;
  readonly isVisible: boolean;
  readonly hasRing: boolean;
}

/** What has the focus: whether it is within the window, and whether a ring around it, or around what holds it, is drawn. */
const FOCUSED = `(() => {
  const found = document.activeElement ?? document.body;
  const { top, left, bottom, right } = found.getBoundingClientRect();
  const drawn = (style) =>
    (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) ||
    style.boxShadow !== 'none' ||
    (style.content !== 'none' && style.borderTopStyle !== 'none' && parseFloat(style.borderTopWidth) > 0);
  const around = [found, found.parentElement, found.parentElement?.parentElement].filter(Boolean);
  const near = [...around, ...(found.parentElement?.querySelectorAll('*') ?? [])].slice(0, 12);
  return {
    tag: found.tagName,
    name: found.getAttribute('aria-label') || found.innerText || found.getAttribute('placeholder') || found.id,
    isVisible: bottom > 0 && right > 0 && top < innerHeight && left < innerWidth,
    hasRing: near.some((each) => [null, '::before', '::after'].some((part) => drawn(getComputedStyle(each, part)))),
  };
})()`;

const focused = (page: Page): Promise<Focused> => page.evaluate<Focused>(FOCUSED);

const MOST_STOPS = 80;

/** Presses Tab until something of this name has the focus. Every stop on the way must be seen. */
async function tabTo(page: Page, name: RegExp, tag = /./): Promise<readonly string[]> {
  const passed: string[] = [];
  for (let pressed = 0; pressed < MOST_STOPS; pressed++) {
    await page.keyboard.press('Tab');
    const at = await focused(page);
    passed.push(at.name);
    if (at.tag === 'BODY') continue;
    ok(at.isVisible, `${at.tag} ${at.name} has the focus and is out of sight`);
    ok(at.hasRing, `${at.tag} ${at.name} has the focus and no ring`);
    if (name.test(at.name) && tag.test(at.tag)) return passed;
  }
  throw new Error(`Tab does not lead to ${name}: ${passed.join(' | ')}`);
}

/** What somebody does who has no mouse. */
export async function keyboardGuarantees({
  desk,
  tocsin: { url, password, admin },
}: Play): Promise<readonly Guarantee[]> {
  const raise = async (title: string): Promise<string> =>
    (await admin.post<{ readonly id: string }>('/api/monitoring/alerts', { title, severity: 'critical' })).id;
  const alertOf = (id: string) =>
    admin.get<{ readonly status: string; readonly snoozedUntil: string | null }>(`/api/monitoring/alerts/${id}`);
  const window = await desk.signIn('admin', password);
  const { page, open } = window;

  return [
    {
      title:
        'with the keyboard alone: signed in, past the navigation, an alert found, opened, acknowledged, snoozed and closed',
      check: async () => {
        const title = `Keyboard ${run}`;
        const id = await raise(title);
        const fresh = await (
          await page
            .context()
            .browser()
            ?.newContext({ viewport: { width: 1280, height: 800 } })
        )?.newPage();
        ok(fresh);
        await fresh.goto(`${url}/alerts?filter=${encodeURIComponent(`~${title}`)}`);
        await fresh.getByLabel('User name').waitFor();
        await fresh.keyboard.type('admin');
        await fresh.keyboard.press('Tab');
        await fresh.keyboard.type(password);
        await fresh.keyboard.press('Enter');
        await fresh.getByRole('link', { name: title }).waitFor();
        await tabTo(fresh, /^Skip to the page$/);
        await fresh.keyboard.press('Enter');
        const passed = await tabTo(fresh, new RegExp(title), /^A$/);
        ok(!passed.includes('Overview'), passed.join(' | '));
        await fresh.keyboard.press('Enter');
        await fresh.getByRole('heading', { name: title }).waitFor();
        await fresh.keyboard.press('a');
        await eventually('it is acknowledged', { withinMs: 10_000, everyMs: 50 }, async () =>
          strictEqual((await alertOf(id)).status, 'acknowledged'),
        );
        await fresh.keyboard.press('s');
        await eventually('it is snoozed', { withinMs: 10_000, everyMs: 50 }, async () =>
          ok((await alertOf(id)).snoozedUntil),
        );
        await tabTo(fresh, /^Close the alert$/);
        await fresh.keyboard.press('Enter');
        await fresh.getByRole('heading', { name: title }).waitFor({ state: 'detached' });
        await fresh.context().close();
      },
    },
    {
      title:
        'with the keyboard alone: an incident is declared, written to and resolved, and the focus returns from each form',
      check: async () => {
        await open('/');
        await tabTo(page, /^Incidents$/);
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor();
        strictEqual((await focused(page)).tag, 'H1');
        await tabTo(page, /^Declare an incident$/);
        await page.keyboard.press('Enter');
        await dialog(page).waitFor();
        await page.keyboard.press('Escape');
        await dialog(page).waitFor({ state: 'detached' });
        await eventually('the focus returns', { withinMs: 2_000, everyMs: 20 }, async () =>
          strictEqual((await focused(page)).name, 'Declare an incident'),
        );
        await page.keyboard.press('Enter');
        await eventually('the first field has the focus', { withinMs: 2_000, everyMs: 20 }, async () =>
          strictEqual((await focused(page)).tag, 'INPUT'),
        );
        // What is missing is said at its field, which has the focus.
        await button(page, 'Declare').click();
        await dialog(page).getByText('Say what is wrong.').waitFor();
        await eventually('the field that lacks something has the focus', { withinMs: 2_000, everyMs: 20 }, async () =>
          strictEqual((await focused(page)).tag, 'INPUT'),
        );
        await page.keyboard.type(`Typed ${run}`);
        // What was typed is not thrown away unasked: by Escape, by Cancel, or by the back button.
        for (const leave of [
          () => page.keyboard.press('Escape'),
          () => button(page, 'Cancel').click(),
          () => page.evaluate('history.back()'),
        ]) {
          await leave();
          const question = page.getByRole('dialog', { name: 'Leave without saving?' });
          await question.waitFor();
          deepStrictEqual(await window.violations(), []);
          await page.keyboard.press('Escape');
          await question.waitFor({ state: 'detached' });
          strictEqual(await dialog(page).getByLabel('What is wrong').inputValue(), `Typed ${run}`);
        }
        // A form over the page keeps the focus inside.
        const inside = `document.activeElement?.closest('[role="dialog"]') !== null`;
        for (let i = 0; i < 15; i++) {
          await page.keyboard.press('Tab');
          strictEqual(await page.evaluate(inside), true, (await focused(page)).name);
        }
        await dialog(page).getByLabel('What is wrong').focus();
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { level: 1, name: `Typed ${run}` }).waitFor();
        await dialog(page).waitFor({ state: 'detached' });
        strictEqual((await focused(page)).tag, 'H1');
        await tabTo(page, /^Edit$/);
        await page.keyboard.press('Enter');
        await dialog(page).waitFor();
        await page.keyboard.press('Escape');
        await dialog(page).waitFor({ state: 'detached' });
        await eventually('the focus returns', { withinMs: 2_000, everyMs: 20 }, async () =>
          strictEqual((await focused(page)).name, 'Edit'),
        );
        await tabTo(page, /deployment is suspicious/);
        await page.keyboard.type('Without a mouse.');
        await page.keyboard.press('Control+Enter');
        await page.getByRole('listitem').filter({ hasText: 'Without a mouse.' }).waitFor();
        await button(page, 'Resolved').focus();
        await page.keyboard.press('Enter');
        await eventually('the first field has the focus', { withinMs: 2_000, everyMs: 20 }, async () =>
          strictEqual((await focused(page)).tag, 'TEXTAREA'),
        );
        await page.keyboard.type('Rolled back.');
        await tabTo(page, /^Resolve$/);
        await page.keyboard.press('Enter');
        await page.getByText('changed the state from triggered to resolved').waitFor();
        // A form that is a page says what it lacks as well, and asks before a link leaves it.
        await open('/monitors/new');
        await button(page, 'Save').click();
        await page.getByText('Name the monitor.').waitFor();
        await eventually(
          'the first field that lacks something has the focus',
          { withinMs: 2_000, everyMs: 20 },
          async () => strictEqual((await focused(page)).name, 'https://shop.example/health'),
        );
        await page.keyboard.type('https://typed.example/');
        await page.getByRole('link', { name: 'Alerts', exact: true }).click();
        await button(page, 'Leave').click();
        await page.getByRole('heading', { level: 1, name: 'Alerts' }).waitFor();
        deepStrictEqual(window.complaints(), []);
      },
    },
    {
      title: 'every page can be read at 360 pixels, at 200 % zoom, and in large letters, without scrolling sideways',
      check: async () => {
        const { id } = await admin.post<{ readonly id: string }>('/api/monitoring/incidents', {
          title: 'Read in large letters',
          severity: 'SEV3',
        });
        const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
        await page.setViewportSize({ width: 1440, height: 900 });
        await open('/');
        const paths = await Promise.all((await links.all()).map((link) => link.getAttribute('href')));
        const wide: string[] = [];
        for (const path of [
          ...paths.flatMap((path) => path ?? []),
          '/me',
          `/incidents/${id}`,
          '/monitors/new',
          '/on-call/new',
          '/status-pages/new',
        ]) {
          await page.setViewportSize({ width: 1440, height: 900 });
          await open(path);
          await page
            .getByText(/^(Loading|Opening)/)
            .first()
            .waitFor({ state: 'detached' });
          // 1440 pixels at 200 % are 720 of CSS.
          for (const [width, size] of [
            [360, '100%'],
            [720, '100%'],
            [720, '200%'],
          ] as const) {
            await page.setViewportSize({ width, height: 740 });
            await page.evaluate(`document.documentElement.style.fontSize = '${size}'`);
            const over = await page.evaluate<number>(
              'document.documentElement.scrollWidth - document.documentElement.clientWidth',
            );
            if (over > 0) wide.push(`${path} at ${width} px, ${size}: ${over} px too wide`);
          }
        }
        await page.setViewportSize({ width: 1440, height: 900 });
        deepStrictEqual(wide, []);
      },
    },
    {
      title: 'a touch that stays on the calendar and moves makes an override, and one that moves at once scrolls',
      check: async () => {
        const me = await admin.get<{ readonly id: string }>('/api/auth/me');
        const { id } = await admin.post<{ readonly id: string }>('/api/oncall/schedules', {
          name: `Touched ${run}`,
          timeZone: 'Europe/Berlin',
          layers: [
            {
              name: 'Weeks',
              users: [me.id],
              rotation: { type: 'weekly' },
              handOff: '09:00',
              start: '2026-01-05',
            },
          ],
        });
        const phone = await desk.signIn('admin', password, {
          viewport: { width: 390, height: 844 },
          hasTouch: true,
          isMobile: true,
        });
        await phone.open(`/on-call/${id}`);
        const track = phone.page.locator('[data-day]').nth(3);
        await track.scrollIntoViewIfNeeded();
        const box = await track.boundingBox();
        ok(box);
        const [y, from, to] = [box.y + box.height / 2, box.x + box.width * 0.25, box.x + box.width * 0.75];
        const finger = await phone.page.context().newCDPSession(phone.page);
        const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: { x: number; y: number }[]) =>
          finger.send('Input.dispatchTouchEvent', { type, touchPoints: points });
        // At once: it scrolls the page.
        await touch('touchStart', [{ x: from, y }]);
        await touch('touchMove', [{ x: from, y: y - 40 }]);
        await touch('touchMove', [{ x: from, y: y - 80 }]);
        await touch('touchEnd', []);
        strictEqual(await dialog(phone.page).count(), 0);
        await track.scrollIntoViewIfNeeded();
        const again = await track.boundingBox();
        ok(again);
        const middle = again.y + again.height / 2;
        await touch('touchStart', [{ x: from, y: middle }]);
        await phone.page.locator('.selected').waitFor();
        for (let step = 1; step <= 4; step++) {
          await touch('touchMove', [{ x: from + ((to - from) * step) / 4, y: middle }]);
        }
        await touch('touchEnd', []);
        await dialog(phone.page).getByText('Override the schedule').waitFor();
        await button(phone.page, 'Save override').tap();
        await phone.page.getByText('The override is in place.').waitFor();
        const { items } = await admin.get<{
          readonly items: readonly { readonly from: string; readonly to: string }[];
        }>(`/api/oncall/schedules/${id}/overrides`);
        const [made] = items;
        ok(made);
        strictEqual(Date.parse(made.to) - Date.parse(made.from), 12 * 3_600_000);
        deepStrictEqual(await phone.violations(), []);
        await phone.page.context().close();
      },
    },
  ];
}
