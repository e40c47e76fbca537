import { GetSMSAttributesCommand, GetSMSSandboxAccountStatusCommand, type SNSClient } from '@aws-sdk/client-sns';
import { logger } from '../../../shared/aws/observe.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';

/** What the account allows of text messages. Null where SNS did not say. */
export interface SmsAccount {
  /** Only numbers that were verified in SNS are reached. */
  readonly sandbox: boolean | null;
  /** Beyond it SNS stops sending texts, and still accepts them. */
  readonly monthlyLimitDollars: number | null;
}

/** It changes by a request to AWS Support. */
const FRESH_MS = 10 * 60_000;

/**
 * Reads what the account allows of text messages, at most once in ten minutes. SNS accepts texts that it never sends, so this is
 * the only place where that shows. Never rejects.
 */
export const smsAccountReader = ({
  sns,
  clock,
}: {
  readonly sns: Pick<SNSClient, 'send'>;
  readonly clock: Clock;
}): (() => Promise<SmsAccount>) => {
  let known: { readonly at: number; readonly account: SmsAccount } | undefined;

  const asked = async <T>(question: Promise<T>): Promise<T | null> => {
    try {
      return await question;
    } catch (error) {
      logger.warn('SNS does not say what the account allows of text messages', { error: error as Error });
      return null;
    }
  };

  return async () => {
    const now = clock.now().getTime();
    if (known && now >= known.at && now - known.at <= FRESH_MS) return known.account;
    const [status, settings] = await Promise.all([
      asked(sns.send(new GetSMSSandboxAccountStatusCommand({}))),
      asked(sns.send(new GetSMSAttributesCommand({ attributes: ['MonthlySpendLimit'] }))),
    ]);
    const limit = settings?.attributes?.['MonthlySpendLimit'];
    const account = {
      sandbox: status?.IsInSandbox ?? null,
      monthlyLimitDollars: limit === undefined ? null : Number(limit),
    };
    known = { at: now, account };
    return account;
  };
};
