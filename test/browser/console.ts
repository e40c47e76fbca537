import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import type { Tocsin } from '../support/tools/local-run.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { toolCache } from '../support/tools/paths.ts';
import type { Night } from './night.ts';
import type { Look, Phone, Screen } from './phone.ts';

const PASSWORD = 'the long way home of ana';
const PICTURES = 'console';
const MOST_SCRIPT_BYTES = 350 * 1024;

const LOOKS = {
  desk: { width: 1440, height: 900 },
  'desk-dark': { width: 1440, height: 900, dark: true },
  phone: { width: 390, height: 844 },
  'phone-dark': { width: 390, height: 844, dark: true },
} as const satisfies Readonly<Record<string, Look>>;

const signIn = async (page: Page): Promise<void> => {
  await page.getByLabel('User name').fill('ana');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
};

/** Complaints of the console, without the requests that a console makes to its own host. */
const complaintsOf = ({ complaints }: Screen, url: string): readonly string[] =>
  complaints().filter((text) => !text.startsWith(`asks for ${url}/`));

/** What holds for a person who opens the console. `night` pages ana, who signs in here. */
export function consoleGuarantees({
  phone,
  night,
  tocsin: { url },
}: {
  readonly phone: Phone;
  readonly night: Night;
  readonly tocsin: Tocsin;
}): readonly Guarantee[] {
  const sound = async (screen: Screen): Promise<void> => {
    deepStrictEqual(await screen.violations(), []);
    deepStrictEqual(complaintsOf(screen, url), []);
    const wide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    strictEqual(await screen.page.evaluate<number>(wide), 0, 'the page must be scrolled sideways');
  };
  return [
    {
      title: 'a wrong password is refused with a sentence, and the right one opens the overview',
      check: () =>
        phone.show(
          `${url}/`,
          async (screen) => {
            const { page } = screen;
            await page.getByLabel('User name').fill('ana');
            await page.getByLabel('Password').fill('not the password at all');
            await page.getByRole('button', { name: 'Sign in', exact: true }).click();
            await page.getByText('The user name or the password is wrong.').waitFor();
            await signIn(page);
            ok((await page.context().cookies()).every(({ name, httpOnly }) => name.includes('refresh') && httpOnly));
            await page.reload();
            await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
          },
          LOOKS.desk,
        ),
    },
    {
      title: 'on a phone an alert is seen, acknowledged with two taps, and gone from what is open',
      check: async () => {
        const title = 'Acknowledged from the console';
        const { id } = await night.operator.post<{ id: string }>('/api/monitoring/alerts', {
          title,
          severity: 'critical',
        });
        await phone.show(
          `${url}/`,
          async (screen) => {
            const { page } = screen;
            await signIn(page);
            await page.goto(`${url}/alerts`);
            await page.getByRole('checkbox', { name: `Select ${title}` }).check({ force: true });
            await page.getByRole('button', { name: 'Acknowledge' }).click();
            await page.getByText('The alert is acknowledged.').waitFor();
            strictEqual((await night.alert(id)).status, 'acknowledged');
            await sound(screen);
          },
          LOOKS.phone,
        );
      },
    },
    {
      title: 'an alert that is opened on a phone has the whole of it, and its buttons stay under the thumb',
      check: async () => {
        const title = 'Acknowledged under the thumb';
        const { id } = await night.operator.post<{ id: string }>('/api/monitoring/alerts', {
          title,
          severity: 'critical',
          description: 'The end of this text is below the screen.\n'.repeat(60),
        });
        const { width, height } = LOOKS.phone;
        await phone.show(
          `${url}/`,
          async (screen) => {
            const { page } = screen;
            await signIn(page);
            await page.goto(`${url}/alerts`);
            await page.getByRole('link', { name: title }).click();
            await page.getByRole('heading', { name: title }).waitFor();
            deepStrictEqual(await page.locator('.sheet').boundingBox(), { x: 0, y: 0, width, height });
            await page.getByRole('heading', { name: 'Routing' }).scrollIntoViewIfNeeded();
            const acknowledge = page.getByRole('button', { name: 'Acknowledge', exact: true });
            const box = await acknowledge.boundingBox();
            ok(box && box.y > height - 80 && box.y + box.height <= height, JSON.stringify(box));
            await sound(screen);
            await screen.picture(`${PICTURES}/alert-under-the-thumb`);
            await acknowledge.click();
            await page.getByText('The alert is acknowledged.').waitFor();
            strictEqual((await night.alert(id)).status, 'acknowledged');
            await page.getByRole('button', { name: 'Close the alert' }).click();
            await page.getByRole('heading', { name: 'Alerts', level: 1 }).waitFor();
          },
          LOOKS.phone,
        );
      },
    },
    {
      title: 'what the backend refuses goes back to what it was, with the reason',
      check: async () => {
        const title = 'Overtaken at the desk';
        const { id } = await night.operator.post<{ id: string }>('/api/monitoring/alerts', {
          title,
          severity: 'critical',
        });
        await phone.show(
          `${url}/`,
          async ({ page }) => {
            await signIn(page);
            await page.goto(`${url}/alerts?alert=${id}`);
            await page.getByRole('heading', { name: title }).waitFor();
            await night.operator.post(`/api/monitoring/alerts/${id}/resolve`, {});
            await page.keyboard.press('a');
            await page.getByText(`“${title}” stays as it was.`).waitFor();
          },
          LOOKS.desk,
        );
      },
    },
    {
      title: 'pages by day and by night, on a desk and on a phone: axe finds nothing, no complaint, no foreign host',
      check: async () => {
        await mkdir(join(toolCache, 'browser', PICTURES), { recursive: true });
        const { id } = await night.operator.post<{ id: string }>('/api/monitoring/alerts', {
          title: '<b>بطيء</b> 🔥 the disk of db-7 is full',
          severity: 'error',
          service: 'orders',
        });
        for (const [name, look] of Object.entries(LOOKS)) {
          await phone.show(
            `${url}/`,
            async (screen) => {
              const { page, picture } = screen;
              await sound(screen);
              await picture(`${PICTURES}/sign-in-${name}`);
              await signIn(page);
              for (const [path, heading] of [
                ['/', 'Overview'],
                ['/alerts', 'Alerts'],
                [`/alerts?alert=${id}`, 'Alerts'],
              ] as const) {
                await page.goto(`${url}${path}`);
                await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
                await page.waitForLoadState('networkidle');
                await picture(`${PICTURES}/${path.replaceAll(/\W+/g, '-').slice(0, 14)}-${name}`);
                await sound(screen);
              }
            },
            look,
          );
        }
      },
    },
    {
      title: 'the first load is at most 350 KB of compressed script',
      check: () =>
        phone.show(
          `${url}/`,
          async ({ page }) => {
            let bytes = 0;
            page.on('response', (response) => {
              if (!response.url().endsWith('.js')) return;
              void response.body().then((body) => (bytes += gzipSync(body, { level: 9 }).length));
            });
            await page.reload();
            await signIn(page);
            await page.waitForLoadState('networkidle');
            ok(bytes > 50_000, `only ${bytes} bytes were counted`);
            ok(bytes <= MOST_SCRIPT_BYTES, `${bytes} bytes`);
            return `${Math.round(bytes / 1024)} KB`;
          },
          LOOKS.desk,
        ),
    },
    {
      title: 'signing out ends the session in every tab',
      check: () =>
        phone.show(
          `${url}/`,
          async ({ page }) => {
            await signIn(page);
            const other = await page.context().newPage();
            await other.goto(`${url}/alerts`);
            await other.getByRole('heading', { name: 'Alerts', level: 1 }).waitFor();
            await page.getByRole('button', { name: 'Account of ana' }).click();
            await page.getByRole('menuitem', { name: 'Sign out' }).click();
            await page.getByLabel('User name').waitFor();
            await other.getByLabel('User name').waitFor();
          },
          LOOKS.desk,
        ),
    },
  ];
}
