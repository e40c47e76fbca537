import type { PublishCommandInput } from '@aws-sdk/client-sns';
import { BYTES_A_REQUEST, MESSAGES_A_REQUEST, publishAllTo, sizeOf } from '../../../shared/aws/topic.ts';
import type { AlertMessage } from '../events.ts';
import type { PublishDeps } from './publication.ts';

/** A message as SNS takes it; undefined where it is not published. */
export type PublicationOf = (message: AlertMessage) => Promise<PublishCommandInput | undefined>;

/**
 * Transitions that were published before their turns, which have not come yet. A process keeps it, so that a batch that is tried again
 * does not publish them again; another process does.
 */
export type PublishedAhead = Set<string>;

/** Turns that never come, because the batch went to another process, leave entries behind. */
const MAX_AHEAD = 1_000;

const keyOf = ({ alert, sequence, transition }: AlertMessage): string => `${alert.id}#${sequence}#${transition}`;

/**
 * Publishes the transitions of a batch in as few requests as SNS allows. The turn of a transition publishes the ones behind it in the same
 * request, and their turns then only see what became of them. A request has one transition of an alert at most: the next one is published
 * once SNS has confirmed it.
 *
 * The answer publishes a transition of the batch, and tells whether there was anything to publish. It rejects where SNS does not confirm
 * the transition, with `PoisonedRecord` where SNS never will.
 */
export const publishAhead = (
  { sns }: Pick<PublishDeps, 'sns'>,
  batch: readonly AlertMessage[],
  publicationOf: PublicationOf,
  ahead: PublishedAhead,
): ((message: AlertMessage) => Promise<boolean>) => {
  const known = new Map<AlertMessage, 'not_published' | Error>();

  const publishFrom = async (place: number): Promise<void> => {
    const request: { readonly message: AlertMessage; readonly input: PublishCommandInput }[] = [];
    const alerts = new Set<string>();
    let bytes = 0;
    for (const message of batch.slice(place)) {
      if (ahead.has(keyOf(message))) continue;
      if (request.length === MESSAGES_A_REQUEST || alerts.has(message.alert.id)) break;
      const input = await publicationOf(message).catch((error: Error) => error);
      if (input instanceof Error) {
        // The turn of another message does not fail because of this one.
        if (message !== batch[place]) break;
        throw input;
      }
      if (!input) {
        known.set(message, 'not_published');
        continue;
      }
      bytes += sizeOf(input);
      if (request.length > 0 && bytes > BYTES_A_REQUEST) break;
      alerts.add(message.alert.id);
      request.push({ message, input });
    }
    const outcomes = await publishAllTo(
      sns,
      request.map(({ input }) => input),
    );
    for (const [i, { message }] of request.entries()) {
      if (outcomes[i]) known.set(message, outcomes[i]);
      else ahead.add(keyOf(message));
    }
  };

  return async (message) => {
    const [place, key] = [batch.indexOf(message), keyOf(message)];
    if (place < 0) throw new Error(`the transition ${key} is not in the batch`);
    if (!ahead.has(key) && !known.has(message)) await publishFrom(place);
    const outcome = known.get(message);
    if (outcome instanceof Error) throw outcome;
    if (outcome === 'not_published') return false;
    ahead.delete(key);
    if (ahead.size > MAX_AHEAD) ahead.clear();
    return true;
  };
};
