import { SendEmailCommand, type SESv2Client } from '@aws-sdk/client-sesv2';
import { cut } from './one-line.ts';
import { withLinks, type Channel } from './channel.ts';

const MAX_SUBJECT_CHARS = 150;
const subjectOf = (text: string): string => cut(text.split('\n', 1)[0] ?? '', MAX_SUBJECT_CHARS);

/** E-mail through SES, which knows no idempotency keys: `ses` must not try again by itself. `from` must be verified there. */
export const emailChannel = ({
  ses,
  from,
}: {
  readonly ses: Pick<SESv2Client, 'send'>;
  readonly from: string;
}): Channel => ({
  takesLinks: true,
  send: async (message) => {
    const { MessageId = '' } = await ses.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [message.to] },
        Content: {
          Simple: {
            Subject: { Data: subjectOf(message.text), Charset: 'UTF-8' },
            Body: { Text: { Data: withLinks(message), Charset: 'UTF-8' } },
          },
        },
      }),
    );
    return { provider: 'ses', providerId: MessageId };
  },
});
