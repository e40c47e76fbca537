import { expect, test } from 'vitest';
import { createSes } from '../../../local/emulator/services/ses/service.ts';

const TOPIC = 'arn:aws:sns:eu-central-1:000000000000:feedback';

const service = (eventTypes: readonly string[] = ['bounce', 'complaint']) => {
  const published: { readonly topic: string; readonly event: object }[] = [];
  const outbox: object[] = [];
  const ses = createSes({
    assembly: {
      byType: () => [
        {
          properties: {
            ConfigurationSetName: 'mails',
            EventDestination: { Enabled: true, MatchingEventTypes: eventTypes, SnsDestination: { TopicARN: TOPIC } },
          },
        },
      ],
    } as never,
    outbox: { add: (message: object) => void outbox.push(message) } as never,
    clock: { now: () => 1_000 } as never,
    publish: (topic, text) => void published.push({ topic, event: JSON.parse(text) as object }),
  });
  const send = (to: string, set = 'mails') =>
    ses.handle('SendEmail', {
      body: {
        FromEmailAddress: 'tocsin@example.com',
        ConfigurationSetName: set,
        Destination: { ToAddresses: [to] },
        Content: { Simple: { Subject: { Data: 'A page' }, Body: { Text: { Data: 'Checkout' } } } },
      },
    } as never);
  return { outbox, published, send };
};

test.each([
  ['bounce@simulator.amazonses.com', { eventType: 'Bounce', bounce: { bounceType: 'Permanent' } }],
  ['bounce+ana@simulator.amazonses.com', { eventType: 'Bounce' }],
  ['complaint@simulator.amazonses.com', { eventType: 'Complaint' }],
])('a mail to %s is in the outbox, and the topic of its configuration set hears what became of it', (to, event) => {
  const { outbox, published, send } = service();
  void send(to);
  expect(outbox).toMatchObject([{ kind: 'email', to }]);
  expect(published).toMatchObject([{ topic: TOPIC, event: { ...event, mail: { destination: [to] } } }]);
});

test.each([
  ['to a person', 'ana@example.com', 'mails', undefined],
  ['of another configuration set', 'bounce@simulator.amazonses.com', 'another', undefined],
  ['of a kind that the set does not report', 'bounce@simulator.amazonses.com', 'mails', ['complaint']],
])('a mail %s is reported to nobody', (_, to, set, eventTypes) => {
  const { outbox, published, send } = service(eventTypes);
  void send(to, set);
  expect(outbox).toHaveLength(1);
  expect(published).toEqual([]);
});
