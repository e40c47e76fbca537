import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { invalid, tooMany } from '../../../shared/kernel/errors.ts';
import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import { idOfEvent, idOfOvertaken, revisionOf, type Intake } from '../../alerts/port.ts';
import { mappingOf, type StoredIntegration } from '../resources/integration.ts';
import type { Limit } from '../resources/limit.ts';
import type { Tally } from '../resources/tally.ts';
import { idOfAll, type BatchDeps } from '../receipts/batch.ts';
import { handIn, type Reported } from '../receipts/hand-in.ts';
import { withDefaults, type Sender } from '../sender.ts';
import { unknownKey } from '../source.ts';
import { applyMapping, type Mapped } from './apply.ts';
import { bodyOf } from './message.ts';
import { bodyOfSns, type SnsDeps } from './sns-body.ts';

export interface TakeMessageDeps extends SnsDeps, BatchDeps {
  readonly intake: Pick<Intake, 'observe' | 'resolve' | 'acknowledge' | 'number'>;
  readonly tally: Tally;
  readonly limit: Limit;
}

/** What became of one event of a message. */
export interface Taken {
  readonly action: Mapped['action'];
  readonly dedupKey: string | null;
  /** By which `GET /api/events/{id}` says what became of it; null where nothing was handed in. */
  readonly eventId: string | null;
  /** Why it was ignored or rejected. */
  readonly why: string | null;
}

const AT_ONCE = 10;

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
  const ids = await carryOut(deps, integration, caller, mapped);
  const eventId = await idOfAll(deps, [...ids.values()]);
  const events = mapped.map((each) => takenOf(each, ids.get(each) ?? null));
  const rejected = events.flatMap(({ action, why }, at) =>
    action === 'reject' ? [{ pointer: `/${at}`, detail: why ?? '' }] : [],
  );
  const accepted = events.length - rejected.length;
  const why = rejected.map(({ detail }) => detail).join(' ');
  if (rejected.length > 0) await deps.tally.rejected(integration.id, why, text, key);
  if (accepted > 0) await deps.tally.accepted(integration.id, accepted);
  if (rejected.length > 0) {
    throw invalid(
      'event.rejected',
      `The mapping of the integration rejects it: ${why} Accepted events of the message are stored.`,
      {
        errors: rejected,
        eventId,
      },
    );
  }
  return { eventId, body: { events } };
};

const carryOut = async (
  { intake }: Pick<TakeMessageDeps, 'intake'>,
  { source }: StoredIntegration,
  caller: Sender,
  mapped: readonly Mapped[],
): Promise<ReadonlyMap<Mapped, string>> => {
  const by = actorOf(caller);
  const ids = new Map<Mapped, string>();
  const byKey = [...Map.groupBy(mapped, keyOf).values()];
  await mapLimit(byKey, AT_ONCE, async (ofOneKey) => {
    for (const each of ofOneKey) {
      const reported = reportedBy(each, source, caller);
      if (!reported) continue;
      if (each.order === undefined || reported.action === 'acknowledge')
        ids.set(each, await handIn(intake, source, reported, by));
      else {
        const revision = revisionOf('order', 0, each.order);
        const numbered = await intake.number({ revision, ...stateOf(reported, source) }, by);
        const isOvertaken = 'overtaken' in numbered;
        ids.set(each, isOvertaken ? idOfOvertaken(numbered.overtaken) : idOfEvent(reported.action, numbered));
      }
    }
  });
  return ids;
};

const reportedBy = (mapped: Mapped, source: string, caller: Sender): Reported | undefined => {
  if (mapped.action === 'trigger')
    return { action: 'trigger', event: withDefaults({ ...mapped.event, source }, caller) };
  return mapped.action === 'resolve' || mapped.action === 'acknowledge' ? mapped : undefined;
};

/** The thing is wrong, or over. */
const stateOf = (reported: Reported, source: string) =>
  reported.action === 'trigger'
    ? { wrong: reported.event }
    : { over: { source, dedupKey: reported.dedupKey, note: '' } };

const keyOf = (mapped: Mapped): string | null => {
  if (mapped.action === 'trigger') return mapped.event.dedupKey;
  return mapped.action === 'resolve' || mapped.action === 'acknowledge' ? mapped.dedupKey : null;
};

const takenOf = (mapped: Mapped, eventId: string | null): Taken => ({
  action: mapped.action,
  dedupKey: keyOf(mapped),
  eventId,
  why: mapped.action === 'ignore' || mapped.action === 'reject' ? mapped.why : null,
});
