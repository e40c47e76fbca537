import { SendEmailCommand, type SESv2Client } from '@aws-sdk/client-sesv2';
import { cut } from './one-line.ts';
import { withLinks, type Channel } from './channel.ts';

const MAX_SUBJECT_CHARS = 150;
const subjectOf = (text: string): string => cut(text.split('\n', 1)[0] ?? '', MAX_SUBJECT_CHARS);

/** https://www.rfc-editor.org/rfc/rfc8058 */
const oneClick = (url: string) => [
  { Name: 'List-Unsubscribe', Value: `<${url}>` },
  { Name: 'List-Unsubscribe-Post', Value: 'List-Unsubscribe=One-Click' },
];

/** E-mail through SES, which knows no idempotency keys: `ses` must not try again by itself. `from` must be verified there. */
export const emailChannel = ({
  ses,
  from,
  configurationSet,
}: {
  readonly ses: Pick<SESv2Client, 'send'>;
  readonly from: string;
  /** Where SES reports what becomes of the mails. */
  readonly configurationSet?: string | undefined;
}): Channel => ({
  takesLinks: true,
  send: async (message) => {
    const { MessageId = '' } = await ses.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        ConfigurationSetName: configurationSet,
        Destination: { ToAddresses: [message.to] },
        Content: {
          Simple: {
            Subject: { Data: subjectOf(message.text), Charset: 'UTF-8' },
            Body: { Text: { Data: withLinks(message), Charset: 'UTF-8' } },
            ...(message.unsubscribeUrl !== undefined && { Headers: oneClick(message.unsubscribeUrl) }),
          },
        },
      }),
    );
    return { provider: 'ses', providerId: MessageId };
  },
});
