import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { bodyOf, type Channel } from './channel.ts';

/** An SNS topic. Its subscribers tell by the `id` in the body what they have had already. */
export const topicChannel = ({ sns }: { readonly sns: Pick<SNSClient, 'send'> }): Channel => ({
  knowsKeys: true,
  send: async (message, { idempotencyKey }) => {
    const { MessageId = '' } = await sns.send(
      new PublishCommand({
        TopicArn: message.to,
        Message: bodyOf(message, idempotencyKey),
        MessageAttributes: { type: { DataType: 'String', StringValue: message.data.type } },
      }),
    );
    return { provider: 'sns', providerId: MessageId };
  },
});
