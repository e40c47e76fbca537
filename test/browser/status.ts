import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { eventually } from '../../operate/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import type { Tocsin } from '../support/tools/local-run.ts';
import type { Phone, Screen } from './phone.ts';

const PATIENT = { withinMs: 30_000, everyMs: 200 } as const;

/** True where nothing needs to be scrolled sideways to be read. */
const fits = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>('document.documentElement.scrollWidth <= document.documentElement.clientWidth');

/** What must hold of every status page: nothing is loaded but its style sheet. */
const sound = async ({ page, complaints, violations }: Screen): Promise<void> => {
  deepStrictEqual(await violations(), []);
  deepStrictEqual(
    complaints().filter((text) => !/^asks for \S+\/status\/[\w/-]+\.css$/.test(text)),
    [],
  );
  ok(await fits(page));
};

const LOOKS = [
  { width: 390, height: 844 },
  { width: 390, height: 844, dark: true },
  { width: 1440, height: 900 },
  { width: 1440, height: 900, dark: true },
] as const;

/** What holds for a reader of a status page. */
export function statusGuarantees({
  phone,
  tocsin: { url, admin },
}: {
  readonly phone: Phone;
  readonly tocsin: Tocsin;
}): readonly Guarantee[] {
  const page = `${url}/status/acme`;
  const shows = (text: string): Promise<void> =>
    eventually(`the page says ${text}`, PATIENT, async () => {
      ok((await (await fetch(page)).text()).includes(text));
    });

  return [
    {
      title:
        'a status page shows components and a public incident on a phone and on a desk, by day and by night, without script',
      check: async () => {
        await admin.put('/api/status/pages/acme', {
          version: 0,
          name: 'Acme',
          colour: '#5b3df5',
          description: 'How the services of Acme are.',
          components: [
            { id: 'checkout', name: 'Checkout', group: 'Shop' },
            { id: 'search', name: 'Search <script>alert(1)</script> خدمة الدفع 🔥', group: 'Shop' },
            { id: 'api', name: 'Public API', service: 'api' },
          ],
        });
        await admin.post('/api/status/pages/acme/incidents', {
          title: 'Card payments fail',
          text: 'Some card payments fail. We are looking into it.',
          impact: 'major',
          components: [{ id: 'checkout', state: 'partial_outage' }],
        });
        await shows('Card payments fail');
        for (const look of LOOKS) {
          await phone.show(
            page,
            async (screen) => {
              strictEqual(await screen.page.getByRole('heading', { level: 1 }).innerText(), 'Acme');
              match(await screen.page.getByRole('status').innerText(), /Partial outage/);
              await screen.picture(`status-${look.width}-${'dark' in look ? 'dark' : 'light'}`);
              await sound(screen);
            },
            look,
          );
        }
        await phone.show(page, async (screen) => ok((await screen.page.content()).includes('Card payments fail')), {
          script: false,
        });
        await phone.show(`${page}/history`, sound, { width: 390, height: 844 });
      },
    },
    {
      title: 'it is up, with all its files, while the database and the API refuse everything',
      check: async () => {
        await fetch(`${url}/_local/faults`, {
          method: 'POST',
          body: JSON.stringify({ service: 'dynamodb', status: 500, untilCleared: true }),
        });
        try {
          for (const [ending, type] of [
            ['', 'text/html'],
            ['.css', 'text/css'],
            ['.json', 'application/json'],
            ['.atom', 'application/atom+xml'],
            ['.svg', 'image/svg+xml'],
          ] as const) {
            const answer = await fetch(page + ending);
            strictEqual(answer.status, 200);
            match(answer.headers.get('content-type') ?? '', new RegExp(`^${type.replace('+', '\\+')}`));
          }
          await phone.show(page, sound, { width: 390, height: 844 });
        } finally {
          await fetch(`${url}/_local/faults`, { method: 'DELETE' });
        }
      },
    },
    {
      title: 'a private page asks for its token, and leads to itself with the right one',
      check: async () => {
        await admin.put('/api/status/pages/inside', { version: 0, name: 'Inside', access: 'private', components: [] });
        const { token, path } = await admin.post<{ token: string; path: string }>('/api/status/pages/inside/token', {});
        await eventually('the private page is there', PATIENT, async () =>
          strictEqual((await fetch(url + path)).status, 200),
        );
        await phone.show(`${url}/status/inside`, async (screen) => {
          ok(!(await screen.page.content()).includes('Inside'));
          await sound(screen);
          await screen.page.getByLabel('Token').fill(token);
          await screen.page.getByRole('button', { name: 'Open' }).click();
          await screen.page.waitForURL(url + path);
          strictEqual(await screen.page.getByRole('heading', { level: 1 }).innerText(), 'Inside');
        });
      },
    },
    {
      title: 'the docs page shows the contract under its policy, and each problem type has a page',
      check: async () => {
        await phone.show(
          `${url}/api/docs`,
          async ({ page: docs, complaints, picture, violations }) => {
            await docs.getByText('Alerts from the first report to the end').waitFor();
            deepStrictEqual(await violations(), []);
            await picture('docs');
            // Of each kind one is opened: with parameters, with a body, with neither.
            for (const [tag, ...operations] of [
              ['alerts', 'listAlerts', 'raiseAlert'],
              ['auth', 'revokeSession'],
            ] as const) {
              await docs.locator(`[data-tag="${tag}"]`).click();
              for (const operation of operations) {
                const block = docs.locator(`#operations-${tag}-${operation}`);
                await block.locator('.opblock-summary-control').click();
                await block.locator('.responses-inner').waitFor();
              }
            }
            deepStrictEqual(await violations(), []);
            await picture('docs-opened');
            deepStrictEqual(
              complaints().filter((text) => !text.startsWith(`asks for ${url}/api/`)),
              [],
            );
          },
          { width: 1440, height: 900 },
        );
        const refused = (await (await fetch(`${url}/api/status/pages/nowhere/open`, { method: 'POST' })).json()) as {
          type: string;
        };
        await phone.show(new URL(refused.type, url).href, async (screen) => {
          match(await screen.page.getByRole('heading', { level: 1 }).innerText(), /^Status page token$/);
          deepStrictEqual(await screen.violations(), []);
        });
      },
    },
  ];
}
