import type { SendTextMessageCommand, PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import '../../simulation/quiet.ts';
import { endUserMessagingChannel } from '../../../shared/channels/end-user-messaging.ts';
import { follow } from '../../../functions/paging/escalations/follow.ts';
import { work } from '../../../functions/paging/escalations/work.ts';
import { pageMessageIn } from '../../../functions/paging/pages/page-reports.ts';
import type { StoredPage } from '../../../functions/paging/pages/page.ts';
import { replier } from '../../../functions/paging/reactors/reply.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { opened, pagingIn, type PagingWorld } from '../../support/paging.ts';

let dynamo: TestDynamo;
let world: PagingWorld;
let texts: { readonly id: string; readonly context: Record<string, string> }[];
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());
beforeEach(async () => {
  world = await pagingIn(dynamo);
  texts = [];
});

/** The world, with texts by AWS End User Messaging. */
const deps = () => {
  const send = async ({ input }: SendTextMessageCommand): Promise<object> => {
    const id = `text-${texts.length + 1}`;
    texts.push({ id, context: input.Context ?? {} });
    return { MessageId: id };
  };
  const sms = endUserMessagingChannel({
    texts: { send: send as unknown as PinpointSMSVoiceV2Client['send'] },
    configurationSet: 'tocsin-prod',
  });
  const all = world.deps();
  return { ...all, channels: { ...all.channels, sms } };
};

const settle = async (): Promise<void> => {
  for (let due; (due = await world.escalations.due(world.clock.now(), 100)).length > 0;) {
    for (const key of due) await work(deps(), key);
  }
};

const reported = (n: number, eventType: string, more: object = {}) => {
  const { id, context } = texts[n] ?? expect.fail(`there is no text ${n}`);
  return { eventType, eventVersion: '1.0', isFinal: true, messageId: id, context, ...more };
};

/** Has the queue hand what AWS published to the function. Answers how many messages come back. */
const arrives = async (event: object): Promise<number> => {
  const Records = [{ messageId: 'm', body: JSON.stringify(event), attributes: {} }];
  const reply = replier(() => ({ ...deps(), replies: {}, acts: {}, sms: {} }) as never);
  return (await reply({ Records } as unknown as SQSEvent)).batchItemFailures.length;
};

const pagesOf = async (userId: string) => (await world.everyPage()).filter((page) => page.userId === userId);

const paged = async (): Promise<void> => {
  await follow(world.deps(), opened);
  await settle();
  expect(texts).toHaveLength(1);
  expect(await pagesOf('usr_ana')).toMatchObject([{ status: 'sent', providerId: 'text-1' }]);
};

describe('a text', () => {
  test('that was delivered says so in the ledger, and the escalation waits for an answer', async () => {
    await paged();
    expect(await arrives(reported(0, 'TEXT_DELIVERED'))).toBe(0);
    expect(await pagesOf('usr_ana')).toMatchObject([{ status: 'sent', deliveredAt: world.clock.now().toISOString() }]);
    await settle();
    expect(texts).toHaveLength(1);
  });

  test.each(['TEXT_UNREACHABLE', 'TEXT_CARRIER_BLOCKED', 'TEXT_INVALID', 'TEXT_PROTECT_BLOCKED', 'TEXT_TTL_EXPIRED'])(
    'that was not delivered (%s) fails its page, the next step is reached at once, and nobody is paged twice',
    async (eventType) => {
      await paged();
      expect(await arrives(reported(0, eventType))).toBe(0);
      expect(await pagesOf('usr_ana')).toMatchObject([
        { status: 'failed', reason: { code: 'undelivered', event: eventType } },
      ]);
      await settle();
      expect(await pagesOf('usr_ben')).toMatchObject([{ status: 'sent', providerId: 'text-2' }]);
      for (let n = 0; n < 3; n++) await arrives(reported(0, eventType));
      world.clock.advance(600_000);
      await settle();
      expect(texts).toHaveLength(2);
    },
  );

  test.each(['TEXT_QUEUED', 'TEXT_PENDING', 'TEXT_SENT', 'TEXT_UNKNOWN'])(
    'of which nothing is known yet (%s) stays sent',
    async (eventType) => {
      await paged();
      await arrives(reported(0, eventType));
      expect(await pagesOf('usr_ana')).toMatchObject([{ status: 'sent', reason: null }]);
    },
  );

  test('of which a carrier reports a failure that is not final stays sent', async () => {
    await paged();
    await arrives(reported(0, 'TEXT_UNREACHABLE', { isFinal: false }));
    expect(await pagesOf('usr_ana')).toMatchObject([{ status: 'sent' }]);
  });

  test('whose failure arrives after the delivery was reported stays delivered', async () => {
    await paged();
    await arrives(reported(0, 'TEXT_DELIVERED'));
    await arrives(reported(0, 'TEXT_UNREACHABLE'));
    expect(await pagesOf('usr_ana')).toMatchObject([{ status: 'sent', deliveredAt: expect.any(String) }]);
    await settle();
    expect(texts).toHaveLength(1);
  });

  test('that is reported before its sender has stored that it was taken comes back', async () => {
    await follow(world.deps(), opened);
    await settle();
    const [page] = await world.everyPage();
    const sending = { ...page, status: 'sending', provider: null, providerId: null } as StoredPage;
    const escalations = { ...world.escalations, page: async () => sending };
    const reply = replier(() => ({ ...deps(), escalations, replies: {}, acts: {}, sms: {} }) as never);
    const Records = [{ messageId: 'm', body: JSON.stringify(reported(0, 'TEXT_DELIVERED')), attributes: {} }];
    expect((await reply({ Records } as unknown as SQSEvent)).batchItemFailures).toHaveLength(1);
    expect(await arrives(reported(0, 'TEXT_DELIVERED'))).toBe(0);
    expect(await pagesOf('usr_ana')).toMatchObject([{ deliveredAt: expect.any(String) }]);
  });

  test('of another message changes nothing, nor does one without pages', async () => {
    await paged();
    await arrives(reported(0, 'TEXT_UNREACHABLE', { messageId: 'another' }));
    await arrives(reported(0, 'TEXT_UNREACHABLE', { context: {} }));
    await arrives(reported(0, 'TEXT_UNREACHABLE', { context: null }));
    await arrives(reported(0, 'TEXT_UNREACHABLE', { context: { page0: 'alr_gone#000001' } }));
    expect(await pagesOf('usr_ana')).toMatchObject([{ status: 'sent', reason: null }]);
  });

  test('that was not delivered is reported to its incident as failed, when that was known', async () => {
    await paged();
    const [before] = await pagesOf('usr_ana');
    world.clock.advance(30_000);
    await arrives(reported(0, 'TEXT_UNREACHABLE'));
    const [after] = await pagesOf('usr_ana');
    expect(pageMessageIn({ before, after, at: world.clock.now() })).toMatchObject({
      status: 'failed',
      reason: { code: 'undelivered' },
      at: world.clock.now().toISOString(),
    });
  });

  test('the budget of texts is used up at night: every text fails, the steps go on, and the last one reports that nobody was reached', async () => {
    await paged();
    await arrives(reported(0, 'TEXT_BLOCKED'));
    await settle();
    await arrives(reported(1, 'TEXT_BLOCKED'));
    world.clock.advance(1_000);
    await settle();
    const escalation = await world.escalations.escalation('alr_1');
    expect(escalation).toMatchObject({ status: 'exhausted', reached: false });
    expect(texts).toHaveLength(2);
  });
});
