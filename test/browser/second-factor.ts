import { strictEqual } from 'node:assert/strict';
import { Secret, TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { logInFirst } from '../../operate/tocsin-client.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { button, dialog, nowAt, type Play } from './desk.ts';
import { soundness } from './soundness.ts';

const run = Date.now().toString(36);
const STEP_SECONDS = 30;
/** Longer than a proof counts. */
const A_WHILE_SECONDS = 16 * 60;

/** An authenticator of the window, which holds passkeys and knows its owner. */
const giveAuthenticator = async (page: Page): Promise<void> => {
  const debug = await page.context().newCDPSession(page);
  await debug.send('WebAuthn.enable');
  await debug.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
};

/** An authenticator app and a passkey: added, used, and asked for again. */
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

  const signOut = async (page: Page): Promise<void> => {
    await button(page, `Account of ${username}`).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('User name').waitFor();
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
        // What is shown once is not closed by mistake.
        strictEqual(await button(page, 'Cancel').count(), 0);
        await page.keyboard.press('Escape');
        await page.getByText('The recovery codes are not shown again.').waitFor();
        await page.getByRole('dialog', { name: 'Leave without saving?' }).getByText('Stay', { exact: true }).click();
        await button(page, 'I have saved them').click();
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
    {
      title: 'a passkey is added at localhost, and signs in instead of a password, beside it, and as proof',
      check: async () => {
        const elsewhere = await desk.signIn(username, password);
        await elsewhere.open('/me');
        await button(elsewhere.page, 'Add a passkey').click();
        await button(elsewhere.page, 'Continue').click();
        await dialog(elsewhere.page).getByText('Passkeys work at http://localhost').waitFor();
        await dialog(elsewhere.page).getByRole('link', { name: 'Open Tocsin there' }).waitFor();
        await soundness(elsewhere, 'passkeys-elsewhere');

        const window = await desk.signIn(username, password, { host: 'localhost' });
        const { page } = window;
        await giveAuthenticator(page);
        await window.open('/me');
        await button(page, 'Add a passkey').click();
        await dialog(page).getByLabel('Name', { exact: true }).fill('Laptop');
        await button(page, 'Continue').click();
        await dialog(page).getByText('Each signs you in once').waitFor();
        await button(page, 'I have saved them').click();
        await page.getByText('Passkey since').waitFor();
        await soundness(window, 'passkey');

        await signOut(page);
        await soundness(window, 'sign-in-by-passkey');
        await button(page, 'Sign in with a passkey').click();
        await button(page, 'Sign in').waitFor({ state: 'detached' });

        await signOut(page);
        await page.getByLabel('User name').fill(username);
        await page.getByLabel('Password', { exact: true }).fill(password);
        await button(page, 'Sign in').click();
        await button(page, 'Use a passkey').waitFor();
        await soundness(window, 'passkey-beside-password');
        await button(page, 'Use a passkey').click();
        await button(page, 'Sign in').waitFor({ state: 'detached' });

        await window.open('/me');
        await passSeconds(A_WHILE_SECONDS);
        await logInAgain();
        await button(page, 'Remove Laptop').click();
        await button(page, 'Delete').click();
        const proof = page.getByRole('dialog').filter({ hasText: 'Is it you?' });
        await proof.getByRole('button', { name: 'Use a passkey' }).click();
        await page.getByText('None yet.').waitFor();
        strictEqual(window.complaints().join('\n'), '');
      },
    },
  ];
}
