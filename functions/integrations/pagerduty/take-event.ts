import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { parseJson } from '../../../shared/http/json.ts';
import type { Intake } from '../../alerts/port.ts';
import { handIn } from '../receipts/hand-in.ts';
import type { StoredIntegration } from '../resources/integration.ts';
import type { Limit } from '../resources/limit.ts';
import type { Tally } from '../resources/tally.ts';
import { senderBy } from '../sender.ts';
import { keyUnavailable, type IntegrationOf } from '../source.ts';
import { eventV1, eventV2, isFields, textIn, type PagerDutyEvent, type Read } from './event.ts';
import { invalidEvent, invalidKey, throttled, unrecognized } from './refusal.ts';

const KEY_CHARS = 32;

export interface TakeDeps {
  readonly integrationOf: IntegrationOf;
  readonly tally: Tally;
  readonly limit: Limit;
}

interface Sent {
  readonly text: string;
  /** The key in `X-Routing-Key`, which goes before the one in the body. */
  readonly headerKey?: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** The fields of a body. Throws `pagerduty.unrecognized` where it is no JSON object. */
const fieldsIn = (text: string): Fields => {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    throw unrecognized();
  }
  if (!isFields(value)) throw unrecognized();
  return value;
};

const checkedKey = (name: string, key: string | undefined): string => {
  if (key === undefined) throw invalidEvent([`'${name}' is missing or blank`]);
  const errors = [
    ...(key.length === KEY_CHARS ? [] : [`Length of '${name}' is incorrect (should be ${KEY_CHARS} characters)`]),
    ...(/^[A-Za-z0-9]*$/.test(key) ? [] : [`'${name}' cannot contain non-alphanumeric characters.`]),
  ];
  if (errors.length > 0) throw invalidEvent(errors);
  return key;
};

/**
 * Reads what a client sent: finds the integration of its key, and hands the fields to `read`. What is wrong with an event of a known
 * integration is counted, and the integration shows it. Throws `pagerduty.key` for a key that is unknown, ended, disabled, or of
 * another vendor.
 */
export const received = async <T>(
  { integrationOf, tally, limit }: TakeDeps,
  { text, headerKey }: Sent,
  keyField: 'routing_key' | 'service_key',
  read: (fields: Fields, integration: StoredIntegration) => Read<T>,
): Promise<{ readonly integration: StoredIntegration; readonly value: T }> => {
  const fields = fieldsIn(text);
  const key = checkedKey(keyField, headerKey?.trim() || textIn(fields, keyField));
  const integration = await integrationOf(key).catch((cause: unknown) => {
    throw keyUnavailable(cause);
  });
  if (integration?.type !== 'pagerduty') throw invalidKey();
  const wait = await limit(integration);
  if (wait !== undefined) throw throttled(wait);
  const { [keyField]: _, ...rest } = fields;
  const outcome = read(rest, integration);
  if ('errors' in outcome) {
    await tally.rejected(integration.id, outcome.errors.join('; '), text, key);
    throw invalidEvent(outcome.errors);
  }
  return { integration, value: outcome.value };
};

type EventDeps = TakeDeps & { readonly intake: Pick<Intake, 'observe' | 'resolve' | 'acknowledge'> };

/** Applies an event and counts it. When it returns the id of the event, the event is stored. */
const apply = async (
  { intake, tally }: EventDeps,
  integration: StoredIntegration,
  event: PagerDutyEvent,
): Promise<string> => {
  const eventId = await handIn(intake, integration.source, event, actorOf(senderBy(integration)));
  await tally.accepted(integration.id);
  return eventId;
};

/** An answer to an event, and the id by which people find what became of it. */
interface Taken<Body> {
  readonly eventId: string;
  readonly body: Body;
}

/** Takes an event of version 2, and answers its deduplication key. */
export const takeEvent = async (deps: EventDeps, sent: Sent): Promise<Taken<object>> => {
  const { integration, value } = await received(deps, sent, 'routing_key', eventV2);
  const eventId = await apply(deps, integration, value);
  return { eventId, body: { status: 'success', message: 'Event processed', dedup_key: value.dedupKey } };
};

/** Takes an event of version 1, and answers its incident key. */
export const takeEventV1 = async (deps: EventDeps, sent: Sent): Promise<Taken<object>> => {
  const { integration, value } = await received(deps, sent, 'service_key', eventV1);
  const eventId = await apply(deps, integration, value);
  return { eventId, body: { status: 'success', message: 'Event processed', incident_key: value.dedupKey } };
};
