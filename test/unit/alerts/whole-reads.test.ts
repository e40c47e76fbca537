import { expect, test } from 'vitest';
import { countOpen } from '../../../functions/alerts/read-store.ts';
import { pastAlerts } from '../../../functions/alerts/intake/replay-store.ts';
import { byId } from '../../../functions/alerts/subscriptions/store.ts';
import { subscriptionId } from '../../../functions/alerts/subscriptions/subscription.ts';

/** A table whose query has so many pages of `items`, each followed by the next. */
const paged = (pages: number, items: readonly object[]) =>
  ({
    queryOnce: async (_query: unknown, _limit: unknown, start: { page: number } = { page: 1 }) => ({
      items,
      ...(start.page < pages && { last: { page: start.page + 1 } }),
    }),
  }) as never;

test('open alerts are counted to the last, however many pages they fill', async () => {
  const page = [{ severity: 'critical' }, { severity: 'info' }];
  expect(await countOpen(paged(40, page))).toEqual({ info: 40, warning: 0, error: 0, critical: 40 });
});

test('past alerts are read back to the time that is asked for, however many came since', async () => {
  const found = await pastAlerts(paged(60, [{ resolvedAt: '2026-11-22T00:00:00Z' }]), 's', 'k', '2026-11-21T00:00:00Z');
  expect(found).toHaveLength(60);
});

test('a subscription that was not made here is found on the last page of its topic', async () => {
  const arn = 'arn:aws:sns:eu-central-1:111111111111:alerts';
  const pages = 300;
  const endpoint = (n: number) => ({
    SubscriptionArn: `${arn}:${n}`,
    Protocol: 'https',
    Endpoint: `https://h.example/${n}`,
  });
  const sns = {
    send: async ({ input }: { input: { NextToken?: string; SubscriptionArn?: string } }) => {
      if (input.SubscriptionArn) return { Attributes: {} };
      const n = Number(input.NextToken ?? 1);
      return { Subscriptions: [endpoint(n)], ...(n < pages && { NextToken: String(n + 1) }) };
    },
  };
  const topic = { arn, sns, makers: { get: async () => undefined } } as never;
  const id = subscriptionId(arn, 'https', endpoint(pages).Endpoint);
  expect(await byId(topic, id)).toMatchObject({ id, endpoint: endpoint(pages).Endpoint });
});
