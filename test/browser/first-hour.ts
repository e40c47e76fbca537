import { ok, strictEqual } from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../operate/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { button, dialog, type Play } from './desk.ts';

const PHONE = '+4915100000017';
const PATIENT = { withinMs: 30_000, everyMs: 100 } as const;

/** A service that can be broken. */
async function aShop() {
  let status = 200;
  const server = createServer((_, response) => void response.writeHead(status).end('shop'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    answers: (next: number) => void (status = next),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Message {
  readonly to: string;
  readonly text: string;
}

/** The first hour of somebody with an installation that nobody has used before: everything happens in a browser. */
export function firstHourGuarantees({ desk, tocsin: { url, password } }: Play): readonly Guarantee[] {
  const inOutbox = async (pattern: RegExp): Promise<RegExpExecArray> => {
    const { items } = (await (await fetch(`${url}/_local/outbox`)).json()) as { readonly items: readonly Message[] };
    const found = items.map(({ to, text }) => (to === PHONE ? pattern.exec(text) : null)).find((each) => each !== null);
    ok(found);
    return found;
  };
  return [
    {
      title:
        'the first hour of an installation: people, phone, schedule, policy, monitor, outage, page, incident, status page, review',
      check: async () => {
        const shop = await aShop();
        try {
          const { page, open } = await desk.signIn('admin', password);

          await open('/security');
          await button(page, 'Invite a person').click();
          await dialog(page).getByLabel('User name').fill('dana');
          await button(page, 'Invite').click();
          const invited = (await page.locator('.secret').innerText()).trim();
          await button(page, 'I have stored it').click();

          const dana = await desk.signIn('dana', invited);
          await dana.page.getByLabel('Current password').fill(invited);
          await dana.page.getByLabel('New password', { exact: true }).fill('the long way home of dana');
          await dana.page.getByLabel('New password again').fill('the long way home of dana');
          await button(dana.page, 'Change password').click();
          await dana.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
          await dana.open('/me');
          await button(dana.page, 'Add a contact').click();
          await dialog(dana.page).getByLabel('Phone number with country code').fill(PHONE);
          await button(dana.page, 'Send a code').click();
          const [code = ''] = await eventually('the code arrives', PATIENT, () => inOutbox(/\b\d{6}\b/));
          await dialog(dana.page).getByLabel('Six digits').fill(code);
          await button(dana.page, 'Verify').click();
          await dana.page.getByText('Verified', { exact: true }).waitFor();

          await open('/on-call/new');
          await page.getByLabel('Name', { exact: true }).first().fill('First line');
          await page
            .getByRole('button', { name: /^Remove / })
            .first()
            .click();
          await page.getByLabel('People, in the order of their turns').click();
          await page.getByRole('option', { name: 'dana' }).click();
          await page.keyboard.press('Escape');
          await button(page, 'Save').click();
          await page.getByRole('heading', { level: 1, name: 'First line' }).waitFor();

          await open('/services?part=escalation');
          await button(page, 'Add a policy').click();
          await dialog(page).getByLabel('Name', { exact: true }).fill('Everybody');
          await page.getByRole('button', { name: 'Whom step 1 pages' }).click();
          await page.getByRole('option', { name: 'First line' }).click();
          await page.keyboard.press('Escape');
          await button(page, 'Save').click();
          await dialog(page).waitFor({ state: 'detached' });

          await open('/monitors/new');
          await page.getByLabel('Address', { exact: true }).fill(shop.url);
          await page.getByLabel('Name', { exact: true }).fill('The shop');
          await button(page, 'Try the check').click();
          await page.getByText('Up: it answers 200').waitFor();
          await button(page, 'Save').click();
          await page.getByRole('heading', { level: 1, name: 'The shop' }).waitFor();

          await open('/status-pages/new');
          await page.getByLabel('Name', { exact: true }).fill('Acme');
          await button(page, 'Add a component').click();
          await page.getByLabel('Name', { exact: true }).last().fill('Shop');
          await button(page, 'Save').click();
          await page.getByRole('heading', { level: 1, name: 'Acme' }).waitFor();

          shop.answers(500);
          await open('/monitors');
          await page.getByRole('link', { name: 'The shop' }).click();
          // It is down after two failures.
          const [, link = ''] = await eventually('dana is paged', { ...PATIENT, everyMs: 1_000 }, async () => {
            await button(page, 'Check now').click();
            return inOutbox(/^Acknowledge: (\S+)$/m);
          });

          const phone = await desk.signIn('dana', 'the long way home of dana');
          await phone.page.setViewportSize({ width: 390, height: 844 });
          await phone.page.goto(link);
          await phone.picture('first-hour-paged');
          await phone.page.getByRole('button', { name: 'Acknowledge' }).click();
          await phone.page
            .getByText(/You acknowledged|acknowledged/i)
            .first()
            .waitFor();

          await open('/incidents');
          await page
            .getByRole('link', { name: /The shop/ })
            .first()
            .click();
          await page.getByRole('heading', { level: 1, name: /The shop/ }).waitFor();
          await page.getByRole('textbox', { name: 'Note' }).fill('The last deployment is suspicious.');
          await button(page, 'Add note').click();
          await page.getByText('The last deployment is suspicious.').waitFor();
          await button(page, 'More').click();
          await page.getByRole('menuitem', { name: 'Make it public' }).click();
          await dialog(page).getByLabel('Title for readers').fill('The shop is closed');
          await dialog(page).getByLabel('First update').fill('We are looking into it.');
          await button(page, 'Publish').click();
          await page.getByRole('article', { name: 'The shop is closed' }).waitFor();
          await eventually('readers see it', PATIENT, async () => {
            ok((await (await fetch(`${url}/status/acme`)).text()).includes('The shop is closed'));
          });

          shop.answers(200);
          await open('/incidents');
          await page
            .getByRole('link', { name: /The shop/ })
            .first()
            .click();
          await button(page, 'Resolved').click();
          await dialog(page).getByLabel('What ended it').fill('Rolled back.');
          await button(page, 'Resolve').click();
          await page.getByText(/changed the state from \w+ to resolved/).waitFor();
          await page.getByRole('link', { name: 'Review' }).click();
          await page.waitForURL(/\/review$/);
          await page.getByText('Rolled back.').first().waitFor();
          const said = page.getByText('The last deployment is suspicious.');
          // The page reads the review again while it is open.
          await eventually('the note is there once', PATIENT, async () => strictEqual(await said.count(), 1));
        } finally {
          shop.close();
        }
      },
    },
  ];
}
