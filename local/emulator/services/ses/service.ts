import { randomUUID } from 'node:crypto';
import type { LocalClock } from '../../types.ts';
import { AwsError } from '../core/aws-error.ts';
import type { RestApi } from '../dispatch.ts';
import type { Outbox } from '../sns/outbox.ts';

interface SendEmail {
  readonly FromEmailAddress?: string;
  readonly Destination?: { readonly ToAddresses?: readonly string[] };
  readonly Content?: {
    readonly Simple?: {
      readonly Subject?: { readonly Data?: string };
      readonly Body?: { readonly Text?: { readonly Data?: string } };
    };
  };
}

/** SES v2: mail goes to the outbox. Every sender counts as verified. */
export function createSes(outbox: Outbox, clock: LocalClock): RestApi {
  return {
    operationOf: (method, path) =>
      method === 'POST' && path === '/v2/email/outbound-emails' ? 'SendEmail' : undefined,
    handle(_operation, request) {
      const { FromEmailAddress, Destination, Content } = request.body as SendEmail;
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
      }
      return { status: 200, body: { MessageId: id } };
    },
  };
}
