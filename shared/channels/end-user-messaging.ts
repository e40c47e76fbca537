import { SendTextMessageCommand, type PinpointSMSVoiceV2Client } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import type { Channel } from './channel.ts';
import { smsTextOf } from './sms.ts';

/** The provider of texts whose delivery is reported (`functions/paging/deliveries`). */
export const END_USER_MESSAGING = 'end-user-messaging';

/** AWS takes so many pairs of context with a text. */
const MAX_CONTEXT = 5;

/** The names of the pages in the context of a text, which AWS hands back with what became of it. */
export const contextOf = (pages: readonly string[]): Record<string, string> =>
  Object.fromEntries(pages.slice(0, MAX_CONTEXT).map((page, i) => [`page${i}`, page]));

/**
 * SMS through AWS End User Messaging, which reports the delivery of each text to the destination of the configuration set. It knows no
 * idempotency keys: `texts` must not try again by itself.
 */
export const endUserMessagingChannel = ({
  texts,
  configurationSet,
}: {
  readonly texts: Pick<PinpointSMSVoiceV2Client, 'send'>;
  readonly configurationSet: string;
}): Channel => ({
  takesLinks: true,
  send: async (message, { pages = [] }) => {
    const { MessageId = '' } = await texts.send(
      new SendTextMessageCommand({
        DestinationPhoneNumber: message.to,
        MessageBody: smsTextOf(message),
        MessageType: 'TRANSACTIONAL',
        ConfigurationSetName: configurationSet,
        ...(pages.length > 0 && { Context: contextOf(pages) }),
      }),
    );
    return { provider: END_USER_MESSAGING, providerId: MessageId };
  },
});
