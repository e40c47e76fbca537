import { strictEqual } from 'node:assert/strict';
import { Secret, TOTP } from 'otpauth';
import { logInFirst } from '../../operate/tocsin-client.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { button, dialog, nowAt, type Play } from './desk.ts';
import { soundness } from './soundness.ts';

const run = Date.now().toString(36);
const STEP_SECONDS = 30;
/** Longer than a proof counts. */
const A_WHILE_SECONDS = 16 * 60;

/** An authenticator app: added, used, and asked for again. */
export async function secondFactorGuarantees({
  desk,
  tocsin: { url, admin, logInAgain },
}: Play): Promise<readonly Guarantee[]> {
  const [username, password] = [`dora-${run}`, 'the long way home of dora'];
  const made = await admin.post<{ readonly password: string }>('/api/users', { username, roles: ['admin'] });
  await logInFirst(url, username, made.password, password);
  const passSeconds = async (advanceSeconds: number): Promise<void> => {
    await fetch(`${url}/_local/clock`, { method: 'POST', body: JSON.stringify({ advanceSeconds }) });
  };
  let secret = '';
  /** What the app shows for the next sign-in: a code counts once, so the time of the last one has to pass. */
  const code = async (): Promise<string> => {
    await passSeconds(2 * STEP_SECONDS);
    return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: await nowAt(url) });
  };

  return [
    {
      title: 'an authenticator app is added by its code, and its recovery codes are shown once',
      check: async () => {
        const window = await desk.signIn(username, password);
        const { page } = window;
        const sound = (name: string): Promise<void> => soundness(window, name);
        await window.open('/me');
        await button(page, 'Add an app').click();
        await button(page, 'Continue').click();
        await page.getByRole('img', { name: 'QR code for an authenticator app' }).waitFor();
        secret = (
          await dialog(page)
            .getByText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/)
            .innerText()
        ).replaceAll(' ', '');
        await sound('second-factor');
        await dialog(page).getByLabel('Code', { exact: true }).fill('000000');
        await button(page, 'Confirm').click();
        await dialog(page).getByText('The code is wrong').waitFor();
        await dialog(page)
          .getByLabel('Code', { exact: true })
          .fill(await code());
        await button(page, 'Confirm').click();
        await dialog(page).getByText('Each signs you in once').waitFor();
        strictEqual(await dialog(page).getByRole('listitem').count(), 10);
        await sound('recovery-codes');
        await button(page, 'I have stored them').click();
        await page.getByText('10 recovery codes are left.').waitFor();
        strictEqual(window.complaints().join('\n'), '');
      },
    },
    {
      title: 'a sign-in asks for the code, and what a person saves waits until they have proved again who they are',
      check: async () => {
        const window = await desk.signIn(username, password, { code });
        const { page } = window;
        await window.open('/security');
        await passSeconds(A_WHILE_SECONDS);
        await logInAgain();
        await button(page, 'Invite a person').click();
        await dialog(page).getByLabel('User name').fill(`emil-${run}`);
        await button(page, 'Invite').click();
        const proof = page.getByRole('dialog').filter({ hasText: 'Is it you?' });
        await proof.getByLabel('Code', { exact: true }).fill(await code());
        await button(page, 'Continue').click();
        await page.locator('.secret').waitFor();
        await button(page, 'I have stored it').click();
        await page.getByText(`emil-${run}`).first().waitFor();
        await window.open('/me');
        await button(page, 'Remove Phone').click();
        await button(page, 'Delete').click();
        await page.getByText('None yet.').waitFor();
      },
    },
  ];
}
