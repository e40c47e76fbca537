import { invalid, tooMany, type Problem } from '../../../shared/kernel/errors.ts';
import { mappingOf } from '../resources/integration.ts';
import type { Limit } from '../resources/limit.ts';
import type { Sender } from '../sender.ts';
import { unknownKey } from '../source.ts';
import { applyMapping, wrongMessage, type Mapped } from './apply.ts';
import { headersIn } from './headers.ts';
import { bodyOf } from './message.ts';
import { bodyOfSns, type SnsDeps } from './sns-body.ts';
import { takeMapped, type Taken, type TakeMappedDeps } from './take-mapped.ts';

export interface TakeMessageDeps extends SnsDeps, TakeMappedDeps {
  readonly limit: Limit;
}

/**
 * Takes a message of any vendor: its mapping makes events of it, and each is stored when this returns. Events of one key keep their
 * order. One that the mapping cannot map stops no other. Throws `event.rejected` where one was rejected, after the others are stored, with what
 * became of each; `message.malformed` and `message.too_many_events` for a message that is wrong as a whole;
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
      ? [wrongMessage('malformed', isSns ? 'The body is no message of SNS.' : 'The body is neither JSON nor a form.')]
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
  if (why !== '') throw refusalOf(mapped, { eventId, events, why });
  return { eventId, body: { events } };
};

/** The refusal of a message of which something was rejected: what is wrong, with the message or by the mapping, and what was stored. */
const refusalOf = (
  mapped: readonly Mapped[],
  {
    eventId,
    events,
    why,
  }: { readonly eventId: string | undefined; readonly events: readonly Taken[]; readonly why: string },
): Problem => {
  const [first] = mapped;
  if (first?.action === 'reject' && first.message !== undefined) {
    return invalid(`message.${first.message}`, `${why} No alert was changed, and the integration shows the message.`, {
      errors: [{ pointer: '', detail: first.why }],
    });
  }
  const rejected = events.flatMap(({ action, why: reason }, at) =>
    action === 'reject' ? [{ pointer: `/${at}`, detail: reason ?? '' }] : [],
  );
  const stored = events.filter((each) => each.eventId !== null).length;
  const those = stored === 0 ? 'No event of the message is stored.' : `The other ${stored} are stored.`;
  return invalid(
    'event.rejected',
    `The mapping of the integration rejects ${rejected.length} of ${events.length}: ${why} ${stored === 1 ? 'The other one is stored.' : those}`,
    {
      errors: rejected,
      eventId,
      // What became of each, as the answer to a message that is taken whole has it.
      extensions: { eventId: eventId ?? null, events },
    },
  );
};
