import { describe, expect, test } from 'vitest';
import type { AlertMessage } from '../../../functions/alerts/events.ts';
import type { Alert } from '../../../functions/alerts/port.ts';
import { update } from '../../../functions/paging/chats/update.ts';
import type { StoredPage } from '../../../functions/paging/escalations/page.ts';

const acknowledged = { id: 'alr_1', status: 'acknowledged', acknowledgedBy: 'ana' } as Alert;
const resolved = { id: 'alr_1', status: 'resolved', resolvedBy: 'ben' } as Alert;
const told = { transition: 'acknowledged', alert: acknowledged } as unknown as AlertMessage;
const page = (over: Partial<StoredPage> = {}) =>
  ({
    alertId: 'alr_1',
    key: 'k',
    title: 'Checkout',
    severity: 'critical',
    service: null,
    userId: 'usr_ana',
    channel: 'slack',
    provider: 'slack',
    providerId: 'C1/1.2',
    plannedAt: '2026-11-21T03:00:00.000Z',
    status: 'sent',
    ...over,
  }) as StoredPage;

/** What Slack is told, one after the other, while alerts are as `looks` has them. */
const saidIn = async (pages: readonly StoredPage[], looks: Alert[]): Promise<string[]> => {
  const said: string[] = [];
  await update(
    {
      escalations: { pages: () => Promise.resolve({ items: [...pages], next: null }) },
      alertNow: () => Promise.resolve(looks.length > 1 ? looks.shift() : looks[0]),
      secret: () => Promise.resolve({ key: 'k' } as never),
      slack: (_method, body) => {
        said.push((body as { readonly text: string }).text);
        return Promise.resolve({}) as never;
      },
    },
    told,
  );
  return said;
};

describe('a message in Slack', () => {
  test('is written once where nothing happens meanwhile', async () => {
    expect(await saidIn([page()], [acknowledged])).toEqual([expect.stringContaining('ana has acknowledged')]);
  });

  test('ends as its alert stands, also where that changed while it was written', async () => {
    const said = await saidIn([page()], [acknowledged, resolved]);
    expect(said.at(-1)).toContain('ben has resolved');
  });

  test('that is on its way is waited for: what is told of its alert is told again', async () => {
    const onItsWay = page({ status: 'sending', provider: null, providerId: null });
    await expect(saidIn([onItsWay], [acknowledged])).rejects.toThrow('on its way');
  });
});
