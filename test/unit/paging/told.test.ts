import { describe, expect, test } from 'vitest';
import type { StoredPage } from '../../../functions/paging/pages/page.ts';
import { pageMessageIn } from '../../../functions/paging/pages/page-reports.ts';

const AT = new Date('2026-11-21T03:00:05.000Z');
const page = (over: Partial<StoredPage>): Partial<StoredPage> => ({
  key: '00.00.00.usr_ana.con_1',
  subject: { kind: 'alert', id: 'alr_1' },
  userId: 'usr_ana',
  channel: 'sms',
  title: 'Checkout',
  severity: 'critical',
  service: null,
  status: 'sending',
  reason: null,
  sentAt: null,
  ...over,
});
const told = (before: Partial<StoredPage> | undefined, after: Partial<StoredPage> | undefined) =>
  pageMessageIn({ before, after, at: AT });

describe('the outcome of a page is reported', () => {
  test('once, when a provider has taken it, as of then', () => {
    const sent = page({ status: 'sent', sentAt: '2026-11-21T03:00:01.000Z' });
    expect(told(page({}), sent)).toEqual({
      schema: 'tocsin.page-report/2',
      subject: { kind: 'alert', id: 'alr_1' },
      key: '00.00.00.usr_ana.con_1',
      status: 'sent',
      reason: null,
      userId: 'usr_ana',
      channel: 'sms',
      title: 'Checkout',
      severity: 'critical',
      service: null,
      at: '2026-11-21T03:00:01.000Z',
    });
    expect(told(sent, { ...sent, attempts: 2 })).toBeUndefined();
  });

  test('when no provider would take it, with the reason', () => {
    expect(
      told(page({}), page({ status: 'failed', reason: { code: 'refused', error: 'Nobody there' } })),
    ).toMatchObject({
      status: 'failed',
      reason: { code: 'refused', error: 'Nobody there' },
      at: AT.toISOString(),
    });
  });

  test.each([
    ['planned', page({ status: 'planned' })],
    ['sending', page({ status: 'sending' })],
    ['skipped', page({ status: 'skipped' })],
    ['gone', undefined],
    ['no page', { status: 'sent' } as Partial<StoredPage>],
  ])('not while it is %s', (_, after) => expect(told(page({ status: 'planned', attempts: 0 }), after)).toBeUndefined());
});
