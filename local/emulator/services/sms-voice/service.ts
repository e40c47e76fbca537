import { randomUUID } from 'node:crypto';
import type { Assembly, LocalClock } from '../../types.ts';
import { AwsError, unknownOperation } from '../core/aws-error.ts';
import type { JsonApi } from '../dispatch.ts';
import type { Outbox } from '../sns/outbox.ts';

interface SendTextMessage {
  readonly DestinationPhoneNumber?: string;
  readonly MessageBody?: string;
  readonly ConfigurationSetName?: string;
  readonly Context?: Readonly<Record<string, string>>;
}

interface EventDestination {
  readonly Enabled?: boolean;
  readonly SnsDestination?: { readonly TopicArn?: string };
}

/** No phone has a number that ends so, which is how a text that is not delivered can be tried. */
const UNREACHABLE = /00000$/;

/** A carrier reports later than the service answers. */
const CARRIER_MS = 2000;

/**
 * AWS End User Messaging: texts go to the outbox, and what became of each is published to the topics of its configuration set, as AWS does.
 * https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html
 */
export function createSmsVoice(options: {
  readonly assembly: Pick<Assembly, 'byType'>;
  readonly outbox: Outbox;
  readonly clock: LocalClock;
  readonly publish: (topicArn: string, text: string) => void;
}): JsonApi {
  const { assembly, outbox, clock, publish } = options;

  function destinationsOf(name: string | undefined): readonly EventDestination[] {
    if (name === undefined) return [];
    const found = assembly
      .byType('AWS::SMSVOICE::ConfigurationSet')
      .find(({ properties }) => properties['ConfigurationSetName'] === name);
    if (!found) throw new AwsError('ResourceNotFoundException', `Configuration set ${name} does not exist`);
    return (found.properties['EventDestinations'] ?? []) as readonly EventDestination[];
  }

  function sendText({ DestinationPhoneNumber, MessageBody, ConfigurationSetName, Context }: SendTextMessage): object {
    if (DestinationPhoneNumber === undefined || !/^\+?[1-9]\d{1,14}$/.test(DestinationPhoneNumber)) {
      throw new AwsError('ValidationException', 'DestinationPhoneNumber is not a phone number');
    }
    if (!MessageBody || MessageBody.length > 1_600) {
      throw new AwsError('ValidationException', 'MessageBody must have 1 to 1600 characters');
    }
    const destinations = destinationsOf(ConfigurationSetName);
    const id = randomUUID();
    outbox.add({
      id,
      kind: 'sms',
      to: DestinationPhoneNumber,
      text: MessageBody,
      at: new Date(clock.now()).toISOString(),
    });
    const isUnreachable = UNREACHABLE.test(DestinationPhoneNumber);
    const event = {
      eventType: isUnreachable ? 'TEXT_UNREACHABLE' : 'TEXT_DELIVERED',
      eventVersion: '1.0',
      eventTimestamp: clock.now() + CARRIER_MS,
      isFinal: true,
      destinationPhoneNumber: DestinationPhoneNumber,
      messageId: id,
      messageType: 'TRANSACTIONAL',
      messageStatus: isUnreachable ? 'UNREACHABLE' : 'DELIVERED',
      context: Context ?? {},
    };
    clock.schedule(clock.now() + CARRIER_MS, () => {
      for (const { Enabled, SnsDestination } of destinations) {
        if (Enabled && SnsDestination?.TopicArn !== undefined) publish(SnsDestination.TopicArn, JSON.stringify(event));
      }
    });
    return { MessageId: id };
  }

  return {
    handle: async (operation, input) => {
      if (operation !== 'SendTextMessage') throw unknownOperation(`sms-voice.${operation}`);
      return sendText(input as SendTextMessage);
    },
  };
}
