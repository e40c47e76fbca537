import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table } from '../../../shared/aws/dynamo.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import type { Link, StoredLink } from './link.ts';

/*
 * Access patterns. The partitions LINK#… belong to this room.
 *
 *  #  question                     index      key
 *  1  the link of a token          table      part = LINK#hash of the token, item = LINK
 *
 * No token lies in the table.
 */

const KEPT_SECONDS = 86_400;
const keyOf = (token: string) => ({ part: `LINK#${sha256(token)}`, item: 'LINK' });

export const linkStore = (client: DynamoDBClient, tableName: string) => {
  const paging = table(client, tableName);

  /** Keeps a link, unless it is kept already. A day after its end it is forgotten. */
  const keep = async (token: string, link: Link): Promise<void> => {
    const ttl = Math.floor(Date.parse(link.expiresAt) / 1000) + KEPT_SECONDS;
    await paging.put({ ...keyOf(token), ...link, ttl }, { expression: 'attribute_not_exists(#part)' });
  };

  /** Access pattern 1. */
  const byToken = (token: string): Promise<StoredLink | undefined> =>
    paging.get<StoredLink>(keyOf(token), { consistent: true });

  /** Notes the first use; false where it was used before. */
  const use = async (token: string, at: Date): Promise<boolean> =>
    (
      await paging.update({
        key: keyOf(token),
        set: { usedAt: at.toISOString() },
        when: { expression: 'attribute_exists(#part) AND attribute_not_exists(#usedAt)' },
      })
    ).done;

  /** Notes what came of it, once. */
  const settle = async (token: string, outcome: string): Promise<void> => {
    await paging.update({
      key: keyOf(token),
      set: { outcome },
      when: { expression: 'attribute_exists(#part) AND attribute_not_exists(#outcome)' },
    });
  };

  return { keep, byToken, use, settle };
};

export type LinkStore = ReturnType<typeof linkStore>;
