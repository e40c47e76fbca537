import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { withLinks, type Channel } from './channel.ts';

/** SMS through SNS, which knows no idempotency keys: `sns` must not try again by itself. */
export const smsChannel = ({ sns }: { readonly sns: Pick<SNSClient, 'send'> }): Channel => ({
  takesLinks: true,
  send: async (message) => {
    const { MessageId = '' } = await sns.send(
      new PublishCommand({
        PhoneNumber: message.to,
        Message: withLinks(message),
        MessageAttributes: { 'AWS.SNS.SMS.SMSType': { DataType: 'String', StringValue: 'Transactional' } },
      }),
    );
    return { provider: 'sns', providerId: MessageId };
  },
});
