import type { Table } from '../../../shared/aws/dynamo.ts';
import type { ChannelName } from '../../../shared/channels/channel.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import type { Reason } from '../pages/reason.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partitions NOTICE#… belong to this room.
 *
 *  #  question                              index      key
 *  1  was the user notified, and how        table      part = NOTICE#hash of the key, item = NOTICE
 */

const DAY_SECONDS = 86_400;
/** Longer than any stream holds a record. */
const KEPT_SECONDS = 7 * DAY_SECONDS;

const keyOf = (key: string) => ({ part: `NOTICE#${sha256(key)}`, item: 'NOTICE' });

/** Why a notice was not sent, or may have been. */
export type NoticeReason =
  | Extract<Reason, { code: 'refused' }>
  | { readonly code: 'user_inactive' | 'no_verified_contact' | 'unanswered' };

/** The outcome of a notice. */
export interface Told {
  readonly userId: string;
  readonly at: string;
  /** Null where it was not sent, for the reason given. */
  readonly channel: ChannelName | null;
  readonly reason: NoticeReason | null;
}

export type NoticeStore = Bound<typeof store>;

/** Access pattern 1. */
export const told = (paging: Table, key: string): Promise<Told | undefined> =>
  paging.get<Told>(keyOf(key), { consistent: true });

export const note = async (paging: Table, key: string, told: Told): Promise<void> => {
  const ttl = Math.floor(Date.parse(told.at) / 1000) + KEPT_SECONDS;
  await paging.put({ ...keyOf(key), ...told, ttl });
};
