import { TransactionCanceledException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientOf, type MemoryDynamo } from './dynamo.ts';
import type { Call, Refusals } from './world.ts';

const named = (name: string): Error => Object.assign(new Error(name), { name, $metadata: { httpStatusCode: 400 } });

/** What DynamoDB, SQS and SNS say when they refuse, and what a client says that got no answer. */
export const REFUSALS: Refusals = {
  refused: () => named('ThrottlingException'),
  unanswered: () => named('TimeoutError'),
};

const ATTEMPTS = 2;

/** As the SDK does: a call that was refused or not answered is made once more by the client itself. */
export const withRetry =
  (call: Call): Call =>
  async (effect, refusals) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call(effect, refusals);
      } catch (error) {
        const passes = error instanceof Error && ['ThrottlingException', 'TimeoutError'].includes(error.name);
        if (!passes || attempt >= ATTEMPTS) throw error;
      }
    }
  };

/** What DynamoDB says to one of two transactions that meet, or to both. */
const CONFLICT: Refusals = {
  refused: () =>
    new TransactionCanceledException({
      message: 'Transaction cancelled',
      $metadata: { httpStatusCode: 400 },
      CancellationReasons: [{ Code: 'TransactionConflict' }],
    }),
  unanswered: REFUSALS.unanswered,
};

/**
 * The simulated DynamoDB as a container's own client. What it refuses of transactions, it refuses for others, and is busy in
 * turn.
 */
export const dynamoIn = (dynamo: MemoryDynamo, call: Call): DynamoDBClient => {
  let transactions = 0;
  return clientOf((operation, input) => {
    const meets = operation === 'TransactWriteItems' && ++transactions % 2 === 0;
    return withRetry(call)(() => dynamo.execute(operation, input), meets ? CONFLICT : REFUSALS);
  });
};

/** A client of another service, of which one command is used; `effect` carries it out. */
export const sendsTo = <Client extends { send: unknown }, Input>(
  call: Call,
  effect: (input: Input) => object,
): Pick<Client, 'send'> => ({
  send: ((command: { readonly input: Input }) =>
    withRetry(call)(() => effect(command.input), REFUSALS)) as Client['send'],
});
