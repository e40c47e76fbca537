import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { PHONE_PREFIX } from '../table.ts';
import { MAX_HINTS_A_DAY, MAX_WRONG_A_DAY, type ReplyCode } from './reply.ts';
import type { Outcome } from './outcome.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partitions PHONE#… and REPLY#… belong to this room.
 *
 *  #  question                                        index      key
 *  1  what a code means on a phone                    table      part = PHONE#hash of the number, item = CODE#code
 *  2  how many wrong codes came from it in a day      table      part = PHONE#hash, item = WRONG#day
 *  3  what became of a message that came in           table      part = REPLY#hash of its id, item = REPLY
 *  4  whose codes are good on a phone                 table      part = PHONE#hash, item begins with CODE#
 *  5  how many hints a phone got in a day             table      part = PHONE#hash, item = HINTS#day
 */

const DAY_SECONDS = 86_400;
const KEPT_SECONDS = 14 * DAY_SECONDS;
const phonePart = (phone: string): string => PHONE_PREFIX + sha256(phone);
const replyKey = (id: string) => ({ part: `REPLY#${sha256(id)}`, item: 'REPLY' });
const epochSeconds = (at: Date): number => Math.floor(at.getTime() / 1000);

/** A message that was received, with its outcome. `answered`: its sender needs no further answer. */
export interface Received {
  readonly outcome: Outcome;
  readonly answered?: boolean;
}

export type ReplyStore = Bound<typeof store>;

/** Gives a code a meaning on a phone; false where it means another alert there, and that is not over. */
export const take = async (
  paging: Table,
  phone: string,
  code: string,
  meaning: ReplyCode,
  at: Date,
): Promise<boolean> => {
  const ttl = epochSeconds(new Date(meaning.expiresAt)) + DAY_SECONDS;
  const { done } = await paging.put(
    { part: phonePart(phone), item: `CODE#${code}`, ...meaning, ttl },
    {
      expression: 'attribute_not_exists(#part) OR #alertId = :alert OR #expiresAt < :now',
      values: { alert: meaning.alertId, now: at.toISOString() },
    },
  );
  return done;
};

/** Access pattern 1. */
export const meaning = (paging: Table, phone: string, code: string): Promise<ReplyCode | undefined> =>
  paging.get<ReplyCode>({ part: phonePart(phone), item: `CODE#${code}` }, { consistent: true });

/** Access pattern 2: false where a phone has sent too many wrong codes in a day. */
export const mayGuess = async (paging: Table, phone: string, at: Date): Promise<boolean> => {
  const day = at.toISOString().slice(0, 10);
  const found = await paging.get<{ count: number }>({ part: phonePart(phone), item: `WRONG#${day}` });
  return (found?.count ?? 0) < MAX_WRONG_A_DAY;
};

/** Access pattern 3. */
export const received = (paging: Table, id: string): Promise<Received | undefined> =>
  paging.get<Received>(replyKey(id), { consistent: true });

/** Notes the outcome of a message, once, with its event for the audit trail. */
export const settle = async (
  paging: Table,
  id: string,
  outcome: Outcome,
  event: AuditEvent,
  at: Date,
): Promise<void> => {
  await paging.put(
    { ...replyKey(id), outcome, event, ttl: epochSeconds(at) + KEPT_SECONDS },
    { expression: 'attribute_not_exists(#part)' },
  );
};

/** Notes that the sender of a message has the answer. */
export const answered = async (paging: Table, id: string): Promise<void> => {
  await paging.update({ key: replyKey(id), set: { answered: true } });
};

/** Access pattern 4: a code that is good there now; undefined where there is none. */
export const goodOn = async (paging: Table, phone: string, at: Date): Promise<ReplyCode | undefined> => {
  const codes = await paging.every<ReplyCode>({
    where: '#part = :part AND begins_with(#item, :prefix)',
    values: { part: phonePart(phone), prefix: 'CODE#' },
    consistent: true,
  });
  return codes.find(({ expiresAt }) => expiresAt > at.toISOString());
};

/** Access pattern 5: counts one hint more; false where the phone has had as many as a day has. */
export const countHint = async (paging: Table, phone: string, at: Date): Promise<boolean> => {
  const { done } = await paging.update({
    key: { part: phonePart(phone), item: `HINTS#${at.toISOString().slice(0, 10)}` },
    set: { ttl: epochSeconds(at) + 2 * DAY_SECONDS },
    add: { count: 1 },
    when: { expression: 'attribute_not_exists(#count) OR #count < :most', values: { most: MAX_HINTS_A_DAY } },
  });
  return done;
};

/**
 * Notes that a message was refused, once, with its event; a wrong code is counted against its phone by the same write.
 * Its sender gets the outcome as a hint, unless they are not `hinted`.
 */
export const refuse = async (
  paging: Table,
  id: string,
  outcome: Outcome,
  event: AuditEvent,
  at: Date,
  { guessedBy, hinted }: { readonly guessedBy: string | undefined; readonly hinted: boolean },
): Promise<void> => {
  const put = {
    ...replyKey(id),
    outcome,
    answered: !hinted,
    event,
    ttl: epochSeconds(at) + KEPT_SECONDS,
  };
  const count = (phone: string) => ({
    update: {
      key: { part: phonePart(phone), item: `WRONG#${at.toISOString().slice(0, 10)}` },
      set: { ttl: epochSeconds(at) + 2 * DAY_SECONDS },
      add: { count: 1 },
    },
  });
  await paging.transact([
    { put, when: { expression: 'attribute_not_exists(#part)' } },
    ...(guessedBy === undefined ? [] : [count(guessedBy)]),
  ]);
};
