import { match, rejects } from 'node:assert/strict';
import { join } from 'node:path';
import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { run } from '../support/tools/child.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { projectPath, repository, toolCache } from '../support/tools/paths.ts';
import { accountOf } from './account.ts';
import type { Emulator } from './emulator.ts';

const MAIL_FROM = 'pager@example.com';

/** A command of an operator against the account of an emulator. Gives what it prints, and throws with that where it fails. */
export const operator =
  ({ environment }: Emulator) =>
  (command: string, flags: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> =>
    run(process.execPath, [`operate/${command}/main.ts`, ...flags], {
      cwd: repository,
      env: { ...environment, ...env, PATH: projectPath },
      log: join(toolCache, 'logs', `${command}.log`),
    });

/** What must hold of `npm run preflight` before and after an account is made ready. */
export const preflightGuarantees = (emulator: Emulator) => {
  const { endpoint, region, front } = emulator;
  const mail = new SESv2Client({ endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  const preflight = (): Promise<string> =>
    operator(emulator)('preflight', ['--stage', 'prod', '--mail-from', MAIL_FROM]);

  const newAccount: readonly Guarantee[] = [
    {
      title: 'npm run preflight refuses a new account for prod, and says what to do about each line',
      check: () =>
        rejects(preflight(), (error: Error) => {
          match(error.message, /^✘ SMS sandbox .*\n +→ SNS console, Text messaging, "Exit SMS sandbox"/m);
          match(error.message, /^✘ SMS spend limit +1 dollars a month\n +→ Ask AWS Support for more/m);
          match(
            error.message,
            /^✘ E-mail identity .*\n +→ aws sesv2 create-email-identity --email-identity example.com/m,
          );
          match(error.message, /^✘ CDK bootstrap +not bootstrapped\n +→ npx cdk bootstrap$/m);
          return true;
        }),
    },
  ];
  const readyAccount: readonly Guarantee[] = [
    {
      title: 'it passes once each of them is done',
      check: async () => {
        front.texts = { isInSandbox: false, monthlyDollars: 50 };
        await mail.send(new CreateEmailIdentityCommand({ EmailIdentity: 'example.com' }));
        const table = await preflight();
        match(table, /^✔ SMS spend limit +50 dollars a month\n +→ Deploy with -c smsMonthlyDollars=50$/m);
        match(table, /^✔ E-mail identity +example.com is verified$/m);
      },
    },
  ];
  return { newAccount, readyAccount };
};

/** What must hold of `npm run smoke` against a stage that was deployed. */
export const smokeGuarantees = (emulator: Emulator, password: string): readonly Guarantee[] => {
  const { front } = emulator;
  const account = accountOf(emulator);
  const smoke = async (...flags: readonly string[]): Promise<string> =>
    operator(emulator)('smoke', ['--url', await account.apiUrl(), ...flags], { TOCSIN_PASSWORD: password });

  return [
    {
      title: 'npm run smoke has an alert paged to a webhook, acknowledged and resolved, and an alarm reach both topics',
      check: async () => {
        await account.endAlarms();
        front.actionsOf = await account.alarmActions();
        const table = await smoke('--stage', 'dev');
        match(table, /^11 passed, 0 failed$/m);
        return /([\d.]+ s) from the request to the webhook/.exec(table)?.[0] ?? '';
      },
    },
    {
      title: 'where the webhook is not called, it says which step failed and where to look',
      check: async () => {
        let calls = 0;
        // The first call has the code of the contact.
        front.isCut = (path) => path.endsWith('/log') && calls++ > 0;
        try {
          await rejects(
            smoke('--seconds', '4'),
            /^✘ an alert is paged to the webhook .*received nothing of the kind\n +→ Read the logs of relay-notify, paging-follow/m,
          );
        } finally {
          front.isCut = () => false;
        }
      },
    },
  ];
};
