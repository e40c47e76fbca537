import { randomUUID } from 'node:crypto';
import type { Assembly, LocalClock } from '../../types.ts';
import { AwsError } from '../core/aws-error.ts';
import type { RestApi } from '../dispatch.ts';
import type { Outbox } from '../sns/outbox.ts';

interface SendEmail {
  readonly FromEmailAddress?: string;
  readonly ConfigurationSetName?: string;
  readonly Destination?: { readonly ToAddresses?: readonly string[] };
  readonly Content?: {
    readonly Simple?: {
      readonly Subject?: { readonly Data?: string };
      readonly Body?: { readonly Text?: { readonly Data?: string } };
    };
  };
}

interface EventDestination {
  readonly Enabled?: boolean;
  readonly MatchingEventTypes?: readonly string[];
  readonly SnsDestination?: { readonly TopicARN?: string };
}

/** The addresses of the mailbox simulator, with a label or without. https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html */
const SIMULATOR = /^(bounce|complaint)(\+[^@]*)?@simulator\.amazonses\.com$/;

interface SesOptions {
  readonly assembly: Pick<Assembly, 'byType'>;
  readonly outbox: Outbox;
  readonly clock: LocalClock;
  readonly publish: (topicArn: string, text: string) => void;
}

/**
 * SES v2: mail goes to the outbox. Every sender counts as verified. Mail to the simulator of SES bounces, or is called spam, which is
 * published to the topics of its configuration set.
 */
export function createSes({ assembly, outbox, clock, publish }: SesOptions): RestApi {
  const report = (set: string | undefined, to: string, messageId: string): void => {
    const kind = SIMULATOR.exec(to)?.[1];
    if (kind === undefined || set === undefined) return;
    const recipients = [{ emailAddress: to }];
    const timestamp = new Date(clock.now()).toISOString();
    const event = {
      eventType: kind === 'bounce' ? 'Bounce' : 'Complaint',
      mail: { timestamp, messageId, destination: [to] },
      ...(kind === 'bounce'
        ? { bounce: { bounceType: 'Permanent', bounceSubType: 'General', bouncedRecipients: recipients, timestamp } }
        : { complaint: { complainedRecipients: recipients, timestamp } }),
    };
    for (const { properties } of assembly.byType('AWS::SES::ConfigurationSetEventDestination')) {
      const { Enabled, MatchingEventTypes, SnsDestination } = (properties['EventDestination'] ??
        {}) as EventDestination;
      const isWanted = properties['ConfigurationSetName'] === set && Enabled && MatchingEventTypes?.includes(kind);
      if (isWanted && SnsDestination?.TopicARN !== undefined) publish(SnsDestination.TopicARN, JSON.stringify(event));
    }
  };
  return {
    operationOf: (method, path) =>
      method === 'POST' && path === '/v2/email/outbound-emails' ? 'SendEmail' : undefined,
    handle(_operation, request) {
      const { FromEmailAddress, ConfigurationSetName, Destination, Content } = request.body as SendEmail;
      const { ToAddresses = [] } = Destination ?? {};
      const { Subject, Body } = Content?.Simple ?? {};
      if (!FromEmailAddress || ToAddresses.length === 0 || !Subject?.Data || !Body?.Text?.Data) {
        throw new AwsError('BadRequestException', 'A mail needs a sender, a recipient, a subject and a text');
      }
      const id = randomUUID();
      for (const [i, to] of ToAddresses.entries()) {
        outbox.add({
          id: i === 0 ? id : `${id}-${i}`,
          kind: 'email',
          to,
          subject: Subject.Data,
          text: Body.Text.Data,
          at: new Date(clock.now()).toISOString(),
        });
        report(ConfigurationSetName, to, id);
      }
      return { status: 200, body: { MessageId: id } };
    },
  };
}
