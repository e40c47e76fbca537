import { invalid, tooMany } from '../../../shared/kernel/errors.ts';
import { mappingOf } from '../resources/integration.ts';
import type { Limit } from '../resources/limit.ts';
import type { Sender } from '../sender.ts';
import { unknownKey } from '../source.ts';
import { applyMapping, type Mapped } from './apply.ts';
import { headersIn } from './headers.ts';
import { bodyOf } from './message.ts';
import { bodyOfSns, type SnsDeps } from './sns-body.ts';
import { takeMapped, type Taken, type TakeMappedDeps } from './take-mapped.ts';

export interface TakeMessageDeps extends SnsDeps, TakeMappedDeps {
  readonly limit: Limit;
}

/**
 * Takes a message of any vendor: its mapping makes events of it, and each is stored when this returns. Events of one key keep their
 * order. One that the mapping cannot map stops no other. Throws `event.rejected` where one was rejected, after the others are stored;
 * `integration.throttled` with more events in a minute than the integration may send; `key.unknown` for the key of an
 * integration without a mapping.
 */
export const takeMessage = async (
  deps: TakeMessageDeps,
  { caller }: { readonly caller: Sender },
  {
    text,
    key,
    header,
  }: { readonly text: string; readonly key: string; readonly header: (name: string) => string | undefined },
): Promise<{ readonly eventId: string | undefined; readonly body: { readonly events: readonly Taken[] } }> => {
  const integration = caller.integration;
  const mapping = integration && mappingOf(integration);
  if (!integration || !mapping) throw unknownKey();
  const wait = await deps.limit(integration);
  if (wait !== undefined)
    throw tooMany(
      'integration.throttled',
      `The integration sends more than ${integration.eventsPerMinute} events a minute.`,
      {
        retryAfterSeconds: wait,
      },
    );
  const isSns = integration.type === 'cloudwatch' || header('x-amz-sns-message-type') !== undefined;
  const fromSns = isSns ? await bodyOfSns(deps, integration, { text, host: header('host') }) : undefined;
  if (fromSns === 'confirmed') return { eventId: undefined, body: { events: [] } };
  const body = isSns ? fromSns?.body : bodyOf(text, header('content-type'));
  const mapped: readonly Mapped[] =
    body === undefined
      ? [
          {
            action: 'reject',
            why: isSns ? 'The body is no message of SNS.' : 'The body is neither JSON nor a form.',
            steps: [],
          },
        ]
      : applyMapping(mapping, body, { header, words: integration });
  const { eventId, events, why } = await takeMapped(
    deps,
    { integration, caller, mapped },
    {
      // What SNS brought is taken without its envelope, whose signature was checked.
      text: body === undefined || !isSns ? text : JSON.stringify(body),
      key,
      headers: { ...headersIn(mapping, header), ...(isSns && { 'content-type': 'application/json' }) },
    },
  );
  if (why !== '') {
    throw invalid(
      'event.rejected',
      `The mapping of the integration rejects it: ${why} Accepted events of the message are stored.`,
      { errors: rejectedOf(events), eventId },
    );
  }
  return { eventId, body: { events } };
};

const rejectedOf = (events: readonly Taken[]) =>
  events.flatMap(({ action, why }, at) => (action === 'reject' ? [{ pointer: `/${at}`, detail: why ?? '' }] : []));
