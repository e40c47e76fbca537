import { GetSMSAttributesCommand, GetSMSSandboxAccountStatusCommand, type SNSClient } from '@aws-sdk/client-sns';
import { expect, test } from 'vitest';
import '../../simulation/quiet.ts';
import { smsAccountReader } from '../../../functions/health/overview/sms-account.ts';
import { standingClock } from '../../support/alerts.ts';

const refused = (): never => {
  throw Object.assign(new Error('not authorized'), { name: 'AuthorizationErrorException' });
};

const account = (answers: { sandbox?: () => object; attributes?: () => object }) => {
  const clock = standingClock();
  let calls = 0;
  const send = async (command: object): Promise<object> => {
    calls += 1;
    if (command instanceof GetSMSSandboxAccountStatusCommand) return (answers.sandbox ?? refused)();
    if (command instanceof GetSMSAttributesCommand) return (answers.attributes ?? refused)();
    throw new Error('another command');
  };
  const read = smsAccountReader({ clock, sns: { send: send as unknown as SNSClient['send'] } });
  return { clock, read, calls: () => calls };
};

test('an account that AWS has not moved out of the sandbox shows as such, with the dollar that it may spend', async () => {
  const { read } = account({
    sandbox: () => ({ IsInSandbox: true }),
    attributes: () => ({ attributes: { MonthlySpendLimit: '1' } }),
  });
  expect(await read()).toEqual({ sandbox: true, monthlyLimitDollars: 1 });
});

test('what SNS refuses to say is null, and fails nothing', async () => {
  expect(await account({ sandbox: () => ({ IsInSandbox: false }) }).read()).toEqual({
    sandbox: false,
    monthlyLimitDollars: null,
  });
  expect(await account({ attributes: () => ({ attributes: {} }) }).read()).toEqual({
    sandbox: null,
    monthlyLimitDollars: null,
  });
});

test('SNS is asked once in ten minutes', async () => {
  const { clock, read, calls } = account({ sandbox: () => ({ IsInSandbox: false }), attributes: () => ({}) });
  await read();
  clock.advance(9 * 60_000);
  await read();
  expect(calls()).toBe(2);
  clock.advance(2 * 60_000);
  await read();
  expect(calls()).toBe(4);
});
