import { expect, test } from 'vitest';
import { createSmsVoice } from '../../../local/emulator/services/sms-voice/service.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:000000000000:replies';

const service = () => {
  const outbox: object[] = [];
  const timers: (() => void)[] = [];
  const published: { readonly topic: string; readonly event: Record<string, unknown> }[] = [];
  const api = createSmsVoice({
    assembly: {
      byType: (type: string) =>
        type === 'AWS::SMSVOICE::ConfigurationSet'
          ? [
              {
                properties: {
                  ConfigurationSetName: 'tocsin-dev',
                  EventDestinations: [{ Enabled: true, SnsDestination: { TopicArn: TOPIC } }],
                },
              },
            ]
          : [],
    } as never,
    outbox: { add: (message: object) => void outbox.push(message) } as never,
    clock: { now: () => 1_000, schedule: (_: number, run: () => void) => void timers.push(run) } as never,
    publish: (topic, text) => void published.push({ topic, event: JSON.parse(text) as Record<string, unknown> }),
  });
  const send = (input: object, operation = 'SendTextMessage') => api.handle(operation, input as never, {} as never);
  return { outbox, published, send, report: () => timers.splice(0).forEach((run) => run()) };
};

const TEXT = { MessageBody: 'CRITICAL: Checkout', ConfigurationSetName: 'tocsin-dev', Context: { page0: 'alr_1#1' } };

test.each([
  ['+4915112345678', 'TEXT_DELIVERED'],
  ['+4915112300000', 'TEXT_UNREACHABLE'],
])('a text to %s is in the outbox, and its topic hears %s with the context later', async (to, eventType) => {
  const { outbox, published, send, report } = service();
  const { MessageId } = (await send({ ...TEXT, DestinationPhoneNumber: to })) as { MessageId: string };
  expect(outbox).toMatchObject([{ id: MessageId, kind: 'sms', to, text: 'CRITICAL: Checkout' }]);
  expect(published).toEqual([]);
  report();
  expect(published).toMatchObject([
    { topic: TOPIC, event: { eventType, isFinal: true, messageId: MessageId, context: { page0: 'alr_1#1' } } },
  ]);
});

test.each([
  ['a number that is none', { ...TEXT, DestinationPhoneNumber: 'ana' }, 'ValidationException'],
  ['no text', { DestinationPhoneNumber: '+4915112345678' }, 'ValidationException'],
  [
    'another configuration set',
    { ...TEXT, DestinationPhoneNumber: '+4915112345678', ConfigurationSetName: 'another' },
    'ResourceNotFoundException',
  ],
])('%s is refused, and nothing is sent', async (_, input, code) => {
  const { outbox, send } = service();
  await expect(send(input)).rejects.toMatchObject({ code });
  expect(outbox).toEqual([]);
});

test('another operation is named', async () => {
  await expect(service().send({}, 'SendVoiceMessage')).rejects.toThrow('SendVoiceMessage');
});
