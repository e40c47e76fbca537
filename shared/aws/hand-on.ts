import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { jsonText } from '../kernel/json-text.ts';

/** A function that others hand work to. */
export interface Callee {
  readonly lambda: Pick<LambdaClient, 'send'>;
  /** Its name or its ARN. */
  readonly functionName: string;
}

/**
 * Hands an event on to a function, and does not wait for it. Lambda stores the event, retries it twice where the function fails, and for as
 * long as the function allows while it is throttled. It may deliver it twice. Rejects where Lambda did not confirm it: the function may get the event
 * all the same.
 */
export const handOn = async ({ lambda, functionName }: Callee, event: object): Promise<void> => {
  await lambda.send(
    new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: jsonText(event) }),
  );
};
