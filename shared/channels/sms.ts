import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { withLinks, type Channel, type Message } from './channel.ts';

/** Where answers come in, the text says how: `A 1234`. */
const textOf = (message: Message): string => {
  const code = message.links?.replyCode;
  return withLinks(message) + (code === undefined ? '' : `\nOr answer A ${code} or R ${code}.`);
};

/** SNS takes text messages of 1,600 bytes. */
const MAX_BYTES = 1_600;

const MARK = '…';

/** As many whole lines of a text as SNS takes, or as much of its only line; what is left out is marked. */
const fitting = (text: string): string => {
  if (Buffer.byteLength(text) <= MAX_BYTES) return text;
  const lines = text.split('\n');
  while (lines.length > 1 && Buffer.byteLength(`${lines.join('\n')}\n${MARK}`) > MAX_BYTES) lines.pop();
  const kept = `${lines.join('\n')}\n${MARK}`;
  return Buffer.byteLength(kept) <= MAX_BYTES ? kept : cutToBytes(kept);
};

/** As many whole characters of a text as SNS takes, with a mark behind them. */
const cutToBytes = (text: string): string => {
  const bytes = Buffer.from(text).subarray(0, MAX_BYTES - Buffer.byteLength(MARK));
  // A stream waits for the rest of a character that is cut.
  return `${new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true })}${MARK}`;
};

/** A message as a text, with its links and as long as a text may be. */
export const smsTextOf = (message: Message): string => fitting(textOf(message));

/** SMS through SNS, which knows no idempotency keys: `sns` must not try again by itself. */
export const smsChannel = ({ sns }: { readonly sns: Pick<SNSClient, 'send'> }): Channel => ({
  takesLinks: true,
  send: async (message) => {
    const { MessageId = '' } = await sns.send(
      new PublishCommand({
        PhoneNumber: message.to,
        Message: smsTextOf(message),
        MessageAttributes: { 'AWS.SNS.SMS.SMSType': { DataType: 'String', StringValue: 'Transactional' } },
      }),
    );
    return { provider: 'sns', providerId: MessageId };
  },
});
