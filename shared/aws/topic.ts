import { PublishBatchCommand, PublishCommand, type PublishCommandInput, type SNSClient } from '@aws-sdk/client-sns';
import { PoisonedRecord } from '../kernel/poisoned-record.ts';

/** What SNS answers to a message that it will never take. */
const REFUSALS: ReadonlySet<string> = new Set([
  'InvalidParameterException',
  'InvalidParameterValueException',
  'ParameterValueInvalidException',
  'ValidationException',
]);

/** What SNS answers to a request with several messages that it will never take as one. */
const BATCH_REFUSALS: ReadonlySet<string> = new Set([
  ...REFUSALS,
  'BatchRequestTooLongException',
  'BatchEntryIdsNotDistinctException',
  'EmptyBatchRequestException',
  'InvalidBatchEntryIdException',
  'TooManyEntriesInBatchRequestException',
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

/** SNS takes so many messages in one request. */
export const MESSAGES_A_REQUEST = 10;
/** SNS takes so many bytes in one request: its messages with their attributes. */
export const BYTES_A_REQUEST = 262_144;

/** The bytes of a message as SNS counts them, with the subject. */
export const sizeOf = ({ Message = '', Subject = '', MessageAttributes = {} }: PublishCommandInput): number => {
  const texts = Object.entries(MessageAttributes).flatMap(([name, { DataType = '', StringValue = '' }]) => [
    name,
    DataType,
    StringValue,
  ]);
  return [Message, Subject, ...texts].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
};

type Outcome = Error | undefined;

/**
 * Publishes messages from a stream to one topic in one request, as many as SNS takes. Answers what became of each: undefined where
 * SNS confirmed it, a `PoisonedRecord` where it never will. A message that the request did not confirm is sent once more alone, and that
 * answer counts. Behind one that SNS does not take for now, none is sent again. Never rejects.
 */
export const publishAllTo = async (
  sns: Pick<SNSClient, 'send'>,
  inputs: readonly PublishCommandInput[],
): Promise<readonly Outcome[]> => {
  let confirmed: ReadonlySet<string> = new Set();
  if (inputs.length > 1) {
    try {
      confirmed = await confirmedOf(sns, inputs);
    } catch (error) {
      if (!(error instanceof Error) || !BATCH_REFUSALS.has(error.name)) return inputs.map(() => error as Error);
    }
  }
  const outcomes: Outcome[] = [];
  let refusedForNow: Outcome;
  for (const [i, input] of inputs.entries()) {
    const outcome = confirmed.has(String(i)) ? undefined : (refusedForNow ?? (await outcomeOf(publishTo(sns, input))));
    if (outcome && !(outcome instanceof PoisonedRecord)) refusedForNow = outcome;
    outcomes.push(outcome);
  }
  return outcomes;
};

/** The places of the messages that SNS confirmed. */
const confirmedOf = async (
  sns: Pick<SNSClient, 'send'>,
  inputs: readonly PublishCommandInput[],
): Promise<ReadonlySet<string>> => {
  const { Successful = [] } = await sns.send(
    new PublishBatchCommand({
      TopicArn: inputs[0]?.TopicArn,
      PublishBatchRequestEntries: inputs.map(({ Subject, MessageStructure, Message, MessageAttributes }, i) => ({
        Id: String(i),
        Subject,
        MessageStructure,
        Message,
        MessageAttributes,
      })),
    }),
  );
  return new Set(Successful.flatMap(({ Id }) => Id ?? []));
};

const outcomeOf = (done: Promise<void>): Promise<Outcome> => done.then(() => undefined).catch((error: Error) => error);
