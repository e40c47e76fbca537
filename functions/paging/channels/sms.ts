import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Channel } from './channel.ts';

/** SMS through SNS, which knows no idempotency keys: `sns` must not try again by itself. */
export const smsChannel = ({ sns }: { readonly sns: Pick<SNSClient, 'send'> }): Channel => ({
  send: async ({ to, text }) => {
    const { MessageId = '' } = await sns.send(
      new PublishCommand({
        PhoneNumber: to,
        Message: text,
        MessageAttributes: { 'AWS.SNS.SMS.SMSType': { DataType: 'String', StringValue: 'Transactional' } },
      }),
    );
    return { provider: 'sns', providerId: MessageId };
  },
});
