import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { PHONE, type Night, type Paged, type Raise } from './night.ts';
import type { Phone, Screen } from './phone.ts';

const OUTAGE: Raise = {
  title: 'Checkout answers 500',
  severity: 'critical',
  service: 'checkout',
  description: 'Every third payment fails since the deployment of 02:58. Cards of all banks.',
  annotations: { runbook_url: 'https://wiki.example/runbooks/checkout' },
};
const DONE = 'You have acknowledged this alert.';
const GONE = 'This link is unknown or expired.';

const button = (page: Page) => page.getByRole('button');
const saysOn = async (page: Page): Promise<string> => (await page.getByRole('status').innerText()).trim();

/** What must hold of every page, whatever it says. */
const sound = async ({ complaints, violations }: Screen): Promise<void> => {
  deepStrictEqual(await violations(), []);
  deepStrictEqual(complaints(), []);
};

/** True where nothing needs to be scrolled sideways to be read. */
const fits = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>('document.documentElement.scrollWidth <= document.documentElement.clientWidth');

/** What holds for a person who opens a link of a page at night. */
export function linkGuarantees({
  phone,
  night,
}: {
  readonly phone: Phone;
  readonly night: Night;
}): readonly Guarantee[] {
  const statusOf = async ({ id }: Paged): Promise<string> => (await night.alert(id)).status;
  /** A link of the same form that was never made. */
  const tampered = (link: string): string => link.slice(0, -1) + (link.endsWith('A') ? 'B' : 'A');

  return [
    {
      title: 'a link says at a glance what is wrong, how bad, where, since when, what to do, and offers one button',
      check: async () => {
        const paged = await night.raise(OUTAGE);
        await night.pass(12 * 60);
        await phone.show(paged.acknowledge, async (screen) => {
          const { page, picture } = screen;
          await picture('open');
          const text = await page.getByRole('main').innerText();
          for (const part of ['CRITICAL', 'checkout', OUTAGE.description ?? '', '12 minutes ago', 'UTC']) {
            ok(text.includes(part), `${part} is missing in:\n${text}`);
          }
          strictEqual(await page.getByRole('heading', { level: 1 }).innerText(), OUTAGE.title);
          const runbook = page.getByRole('link');
          strictEqual(await runbook.getAttribute('href'), OUTAGE.annotations?.['runbook_url']);
          strictEqual(await button(page).count(), 1);
          strictEqual(await button(page).innerText(), 'Acknowledge');
          strictEqual(await saysOn(page), 'Nobody has acknowledged this alert.');
          await sound(screen);
        });
      },
    },
    {
      title: 'without a runbook of its own, an alert shows that of its service',
      check: async () => {
        const runbookUrl = 'https://wiki.example/runbooks/search';
        await night.operator.post('/api/services', { name: 'search', runbookUrl });
        const paged = await night.raise({ title: 'Search is slow', severity: 'error', service: 'search' });
        await phone.show(paged.acknowledge, async ({ page, picture }) => {
          strictEqual(await page.getByRole('link').getAttribute('href'), runbookUrl);
          await picture('error');
        });
      },
    },
    {
      title: 'scanners of mail that fetch a link, ask for its head, prefetch it or open it in a browser change nothing',
      check: async () => {
        const paged = await night.raise({ ...OUTAGE, title: 'Scanned before it is read' });
        for (const link of [paged.byMail, paged.acknowledge, paged.resolve]) {
          for (const method of ['GET', 'HEAD', 'OPTIONS']) await fetch(link, { method });
          await fetch(link, { headers: { 'sec-purpose': 'prefetch;prerender', 'user-agent': 'LinkScanner/1.0' } });
          await phone.show(link, async ({ page }) => {
            await page.reload();
          });
        }
        strictEqual(await statusOf(paged), 'open');
      },
    },
    {
      title:
        'one tap on the link of the text message acknowledges; tapped again, by reload or from the other message, it says so',
      check: async () => {
        const paged = await night.raise({ ...OUTAGE, title: 'Tapped twice' });
        await phone.show(paged.acknowledge, async (screen) => {
          const { page, picture } = screen;
          await button(page).tap();
          await page.getByText(DONE).waitFor();
          await picture('acknowledged');
          strictEqual(await statusOf(paged), 'acknowledged');
          const { sequence } = await night.alert(paged.id);
          strictEqual(await button(page).count(), 0);
          await sound(screen);
          await page.reload();
          strictEqual(await saysOn(page), DONE);
          await page.goBack();
          await page.goForward();
          strictEqual(await saysOn(page), DONE);
          strictEqual((await night.alert(paged.id)).sequence, sequence);
        });
        await phone.show(paged.byMail, async ({ page }) => {
          match(await saysOn(page), /^ana has acknowledged this alert/);
        });
      },
    },
    {
      title: 'two thumbs on one button at once acknowledge once',
      check: async () => {
        const paged = await night.raise({ ...OUTAGE, title: 'Two thumbs' });
        let shown = 0;
        const both = Promise.withResolvers<undefined>();
        await Promise.all(
          [paged.acknowledge, paged.acknowledge].map((link) =>
            phone.show(link, async ({ page }) => {
              await button(page).waitFor();
              // A page that opens after the other thumb has no button any more.
              if (++shown === 2) both.resolve(undefined);
              await both.promise;
              await button(page).tap();
              await page.getByText(DONE).waitFor();
            }),
          ),
        );
        strictEqual((await night.alert(paged.id)).sequence, 2);
      },
    },
    {
      title: 'a page that was opened before somebody else resolved tells so on the tap, and does not acknowledge',
      check: async () => {
        const paged = await night.raise({ ...OUTAGE, title: 'Somebody was faster' });
        await phone.show(paged.acknowledge, async (screen) => {
          const { page, picture } = screen;
          await night.operator.post(`/api/monitoring/alerts/${paged.id}/resolve`, {});
          await button(page).tap();
          await page.getByText(/resolved this alert/).waitFor();
          strictEqual(await statusOf(paged), 'resolved');
          await picture('faster');
          await sound(screen);
        });
      },
    },
    {
      title: 'after the alert rings again, the old link says that and offers nothing',
      check: async () => {
        const paged = await night.raise({ ...OUTAGE, title: 'Rings again' });
        await phone.show(paged.acknowledge, async ({ page }) => {
          await button(page).tap();
          await page.getByText(DONE).waitFor();
        });
        await night.operator.post(`/api/monitoring/alerts/${paged.id}/unacknowledge`, {});
        await phone.show(paged.acknowledge, async (screen) => {
          await screen.picture('rings-again');
          match(await saysOn(screen.page), /It is firing again/);
          strictEqual(await button(screen.page).count(), 0);
          await sound(screen);
        });
        strictEqual(await statusOf(paged), 'open');
      },
    },
    {
      title: 'all of it works without JavaScript, and the link to resolve resolves',
      check: async () => {
        const paged = await night.raise({ ...OUTAGE, title: 'No script at all' });
        await phone.show(
          paged.resolve,
          async ({ page, picture }) => {
            strictEqual(await button(page).innerText(), 'Resolve');
            await button(page).tap();
            await page.getByText('You have resolved this alert.').waitFor();
            await picture('resolved');
          },
          { script: false },
        );
        strictEqual(await statusOf(paged), 'resolved');
      },
    },
    {
      title: 'a stolen link does nothing to another alert, whatever is sent along',
      check: async () => {
        const [mine, other] = [
          await night.raise({ ...OUTAGE, title: 'Mine to answer' }),
          await night.raise({ ...OUTAGE, title: 'Not mine to answer' }),
        ];
        const forged = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
        await fetch(`${mine.acknowledge}?alertId=${other.id}&action=resolve`, {
          ...forged,
          body: `alertId=${other.id}&id=${other.id}&action=resolve`,
        });
        deepStrictEqual([await statusOf(mine), await statusOf(other)], ['acknowledged', 'open']);
      },
    },
    {
      title: 'by night it is dark, and readable: no violation of axe in any state, by day and by night',
      check: async () => {
        for (const severity of ['critical', 'error', 'warning', 'info'] as const) {
          const paged = await night.raise({ ...OUTAGE, title: `Readable as ${severity}`, severity });
          for (const dark of [false, true]) {
            await phone.show(
              paged.acknowledge,
              async (screen) => {
                await screen.picture(`${severity}-${dark ? 'dark' : 'light'}`);
                const paper = await screen.page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
                const [red = 0] = /\d+/.exec(paper)?.map(Number) ?? [];
                ok(dark ? red < 40 : red > 240, paper);
                await sound(screen);
              },
              { dark },
            );
          }
          await phone.show(
            paged.acknowledge,
            async (screen) => {
              await button(screen.page).tap();
              await screen.page.getByText(DONE).waitFor();
              await screen.picture(`${severity}-done-dark`);
              await sound(screen);
            },
            { dark: true },
          );
        }
      },
    },
    {
      title: 'the keyboard alone is enough: the runbook, then the button, each seen when it has the focus, and Enter',
      check: async () => {
        const paged = await night.raise({ ...OUTAGE, title: 'No mouse' });
        await phone.show(paged.acknowledge, async ({ page, picture }) => {
          const focused = () =>
            page.evaluate<string[]>(
              '[document.activeElement.tagName, getComputedStyle(document.activeElement).outlineStyle]',
            );
          await page.keyboard.press('Tab');
          deepStrictEqual(await focused(), ['A', 'solid']);
          await page.keyboard.press('Tab');
          deepStrictEqual(await focused(), ['BUTTON', 'solid']);
          await picture('focus');
          await page.keyboard.press('Enter');
          await page.getByText(DONE).waitFor();
        });
        strictEqual(await statusOf(paged), 'acknowledged');
      },
    },
    {
      title:
        'the longest texts, the narrowest phone and letters twice as large leave the button in sight and a thumb wide',
      check: async () => {
        const long = await night.raise({
          title: `Long${'x'.repeat(300)} ${'words and words '.repeat(40)}`,
          severity: 'warning',
          service: 'a-service-with-a-name-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on',
          description: `${'A line of a stack trace that goes on.\n'.repeat(200)}${'y'.repeat(400)}`,
          annotations: { runbook_url: `https://${'long-'.repeat(10)}host.example/${'z'.repeat(500)}` },
        });
        for (const [name, width, zoom] of [
          ['long', 360, 1],
          ['long-narrow', 320, 1],
          ['long-large', 360, 2],
        ] as const) {
          await phone.show(
            long.acknowledge,
            async (screen) => {
              const { page } = screen;
              await page.evaluate(`document.documentElement.style.fontSize = '${zoom * 100}%'`);
              await screen.picture(name);
              ok(await fits(page), `${name} must be scrolled sideways`);
              const box = await button(page).boundingBox();
              ok(box && box.height >= 48 && box.width >= 200, JSON.stringify(box));
              ok(box.y + box.height <= 640, `the button of ${name} is out of sight: ${JSON.stringify(box)}`);
            },
            { width, height: 640 },
          );
        }
      },
    },
    {
      title: 'what a source writes into an alert stays text: no markup, no script, no address that runs',
      check: async () => {
        const paged = await night.raise({
          title: '<img src=x onerror=alert(1)> <script>document.title="owned"</script> "quoted"',
          severity: 'error',
          service: '</p><b>service</b>',
          description: '</main><form action="https://evil.example"><button>Free beer</button></form>\u202Egnp.exe',
          annotations: { runbook_url: 'javascript:alert(document.domain)' },
        });
        await phone.show(paged.acknowledge, async (screen) => {
          const { page } = screen;
          await screen.picture('hostile');
          strictEqual(await button(page).count(), 1);
          strictEqual(await page.locator('img, script, b').count(), 0);
          strictEqual(await page.getByRole('link').count(), 0);
          ok((await page.getByRole('heading').innerText()).includes('<script>'));
          await sound(screen);
        });
      },
    },
    {
      title: 'of five alerts at once none is lost: each can be acknowledged from what came',
      check: async () => {
        await night.pass(60);
        const titles = Array.from({ length: 5 }, (_, i) => `Storm ${i + 1} of five`);
        for (const title of titles) await night.operator.post('/api/monitoring/alerts', { title, severity: 'error' });
        await night.pass(90);
        const links = (await night.messagesTo(PHONE))
          .filter(({ text }) => titles.some((title) => text.includes(title)))
          .flatMap(({ text }) => [...text.matchAll(/^Acknowledge: (\S+)$/gm)].map(([, link = '']) => link));
        const seen = new Set<string>();
        for (const link of links) {
          await phone.show(link, async (screen) => {
            seen.add(await screen.page.getByRole('heading', { level: 1 }).innerText());
            await button(screen.page).tap();
            await screen.page.getByText(DONE).waitFor();
          });
        }
        deepStrictEqual([...seen].sort(), titles);
      },
    },
    {
      title: 'a link that was tampered with is refused by a page that says what to do',
      check: async () => {
        const paged = await night.raise({ ...OUTAGE, title: 'Tampered with' });
        for (const dark of [false, true]) {
          await phone.show(
            tampered(paged.acknowledge),
            async (screen) => {
              await screen.picture(`unknown-${dark ? 'dark' : 'light'}`);
              ok((await saysOn(screen.page)).startsWith(GONE));
              strictEqual(await button(screen.page).count(), 0);
              await sound(screen);
            },
            { dark },
          );
        }
        strictEqual((await fetch(tampered(paged.acknowledge), { method: 'POST' })).status, 404);
        strictEqual(await statusOf(paged), 'open');
      },
    },
    {
      title: 'a link of somebody who was disabled at night is refused, also on a page that was left open',
      check: async () => {
        const paged = await night.raise({ ...OUTAGE, title: 'Left open' });
        await phone.show(paged.acknowledge, async (screen) => {
          await night.operator.patch(`/api/users/${night.userId}`, { status: 'disabled' });
          await button(screen.page).tap();
          await screen.page.getByText(/no longer active/).waitFor();
          await screen.picture('disabled');
          await sound(screen);
        });
        strictEqual(await statusOf(paged), 'open');
      },
    },
  ];
}
