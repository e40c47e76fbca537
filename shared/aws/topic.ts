import { PublishCommand, type PublishCommandInput, type SNSClient } from '@aws-sdk/client-sns';
import { PoisonedRecord } from '../kernel/poisoned-record.ts';

/** What SNS answers to a message that it will never take. */
const REFUSALS: ReadonlySet<string> = new Set([
  'InvalidParameterException',
  'InvalidParameterValueException',
  'ParameterValueInvalidException',
  'ValidationException',
]);

/** Characters that XML 1.0 does not have. */
const NO_XML = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** A text as SNS takes it in attributes, and in what people read. */
export const speakable = (text: string): string => text.replace(NO_XML, '\uFFFD');

/** Attributes as SNS takes them. One that has nothing in it is left out. */
export const stringAttributes = (
  values: Readonly<Record<string, string | null>>,
): NonNullable<PublishCommandInput['MessageAttributes']> =>
  Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, speakable(value ?? '')] as const)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  );

/** An attribute with several values, of which a filter policy must name one. Left out where there is none. */
export const arrayAttribute = (
  name: string,
  values: readonly string[],
): NonNullable<PublishCommandInput['MessageAttributes']> =>
  values.length === 0 ? {} : { [name]: { DataType: 'String.Array', StringValue: JSON.stringify(values) } };

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
