import { describe, expect, test } from 'vitest';
import { PageView, pageView } from '../../../functions/paging/escalations/view.ts';
import type { StoredPage } from '../../../functions/paging/pages/page.ts';
import { sentenceOf, type Reason } from '../../../functions/paging/pages/reason.ts';

describe('a reason', () => {
  test.each<[Reason, string]>([
    [{ code: 'user_disabled' }, 'The user was disabled.'],
    [{ code: 'unknown_target', target: 'schedule' }, 'There was no such schedule.'],
    [{ code: 'quiet_hours', until: '2026-11-21T06:00:00.000Z' }, 'Quiet hours last until 2026-11-21T06:00:00.000Z.'],
    [{ code: 'acknowledged', by: 'ben' }, 'ben had acknowledged the alert.'],
    [{ code: 'refused', error: 'TimeoutError' }, 'The provider did not take it: TimeoutError.'],
    [
      { code: 'silenced', by: 'n'.repeat(100), until: '2026-11-21T04:00:00.000Z' },
      `A silence by ${'n'.repeat(64)} keeps the alert quiet until 2026-11-21T04:00:00.000Z.`,
    ],
  ])('%o is a sentence for people', (reason, sentence) => expect(sentenceOf(reason)).toBe(sentence));

  test('is a sentence and a code in the API', () => {
    const page = { status: 'skipped', reason: { code: 'channel_off', channel: 'sms' } } as StoredPage;
    expect(pageView(page)).toMatchObject({
      reason: 'The configuration has nothing sent by sms.',
      reasonCode: 'channel_off',
    });
    expect(pageView({ ...page, reason: null })).toMatchObject({ reason: null, reasonCode: null });
    expect(PageView.shape.reasonCode.safeParse('channel_off').success).toBe(true);
  });
});
