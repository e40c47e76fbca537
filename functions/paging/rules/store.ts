import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table } from '../../../shared/aws/dynamo.ts';
import { OWNER_PREFIX } from '../../../shared/contacts/contact.ts';
import type { StoredRules } from './notification-rules.ts';

/*
 * Access patterns. The items RULES in the partitions USER#… belong to this room.
 *
 *  #  question                                      index      key
 *  1  the notification rules of a user              table      part = USER#id, item = RULES
 */

const keyOf = (userId: string) => ({ part: OWNER_PREFIX + userId, item: 'RULES' });

export const ruleStore = (client: DynamoDBClient, tableName: string) => {
  const paging = table(client, tableName);

  /** Access pattern 1. Undefined where the user has said nothing. */
  const of = (userId: string): Promise<StoredRules | undefined> =>
    paging.get<StoredRules>(keyOf(userId), { consistent: true });

  /** Writes the next version where the one that was read still stands; false where another was faster. */
  const save = async (next: StoredRules): Promise<boolean> =>
    (
      await paging.put(
        { ...keyOf(next.userId), ...next },
        next.version === 1
          ? { expression: 'attribute_not_exists(#part)' }
          : { expression: '#version = :expected', values: { expected: next.version - 1 } },
      )
    ).done;

  const remove = async (userId: string): Promise<void> => {
    await paging.remove(keyOf(userId));
  };

  return { of, save, remove };
};

export type RuleStore = ReturnType<typeof ruleStore>;
