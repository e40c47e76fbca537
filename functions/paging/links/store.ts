import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Bound } from '../../../shared/kernel/bound.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import type { Link, Outcome, StoredLink } from './link.ts';
import type * as store from './store.ts';

/*
 * Access patterns. The partitions LINK#… belong to this room.
 *
 *  #  question                     index      key
 *  1  the link of a token          table      part = LINK#hash of the token, item = LINK
 *
 * No token is in the table.
 */

const KEPT_SECONDS = 86_400;
const keyOf = (token: string) => ({ part: `LINK#${sha256(token)}`, item: 'LINK' });

export type LinkStore = Bound<typeof store>;

/** Keeps a link, unless it is kept already. A day after its end it is forgotten. */
export const keep = async (paging: Table, token: string, link: Link): Promise<void> => {
  const ttl = Math.floor(Date.parse(link.expiresAt) / 1000) + KEPT_SECONDS;
  await paging.put({ ...keyOf(token), ...link, ttl }, { expression: 'attribute_not_exists(#part)' });
};

/** Access pattern 1. */
export const byToken = (paging: Table, token: string): Promise<StoredLink | undefined> =>
  paging.get<StoredLink>(keyOf(token), { consistent: true });

/** Notes the first use; false where it was used before. */
export const use = async (paging: Table, token: string, at: Date): Promise<boolean> =>
  (
    await paging.update({
      key: keyOf(token),
      set: { usedAt: at.toISOString() },
      when: { expression: 'attribute_exists(#part) AND attribute_not_exists(#usedAt)' },
    })
  ).done;

/** Notes what came of it, once. */
export const settle = async (paging: Table, token: string, outcome: Outcome): Promise<void> => {
  await paging.update({
    key: keyOf(token),
    set: { outcome },
    when: { expression: 'attribute_exists(#part) AND attribute_not_exists(#outcome)' },
  });
};
