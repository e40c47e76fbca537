import { PublishCommand, type PublishCommandInput, type SNSClient } from '@aws-sdk/client-sns';
import { PoisonedRecord } from './stream.ts';

/** What SNS answers to a message that it will never take. */
const REFUSALS: ReadonlySet<string> = new Set([
  'InvalidParameterException',
  'InvalidParameterValueException',
  'ParameterValueInvalidException',
  'ValidationException',
]);

/**
 * Publishes a message from a stream to a topic. One that SNS will never take throws `PoisonedRecord`, so that those behind it
 * pass.
 */
export const publishTo = async (sns: Pick<SNSClient, 'send'>, input: PublishCommandInput): Promise<void> => {
  try {
    await sns.send(new PublishCommand(input));
  } catch (error) {
    if (!(error instanceof Error) || !REFUSALS.has(error.name)) throw error;
    throw new PoisonedRecord(`SNS refuses the message: ${error.message}`, { cause: error });
  }
};
