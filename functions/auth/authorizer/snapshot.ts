import { plainItem, type DynamoCall, type WireItem } from '../../../shared/aws/dynamo-lite.ts';
import type { RoleGrant, RoleTable } from '../roles/grants.ts';
import type { PublicJwk } from '../tokens/signing-key.ts';
import { AUTHZ, CHANGED_USER_PREFIX, ENDED_SESSION_PREFIX, JWKS_ITEM, ROLE_PREFIX } from '../table.ts';

/** What the authorizer knows of the world. */
export interface Snapshot {
  readonly at: number;
  readonly keys: ReadonlyMap<string, PublicJwk>;
  readonly roles: RoleTable;
  readonly endedSessions: ReadonlySet<string>;
  /** The epoch that a user's tokens must at least have. */
  readonly epochs: ReadonlyMap<string, number>;
}

/** Reads all that the authorizer must know: one Query of one partition, strongly consistent. Rejects when it cannot. */
export const readSnapshot = async (dynamo: DynamoCall, TableName: string, now: Date): Promise<Snapshot> => {
  const keys = new Map<string, PublicJwk>();
  const roles = new Map<string, RoleGrant>();
  const endedSessions = new Set<string>();
  const epochs = new Map<string, number>();
  let ExclusiveStartKey: unknown;
  do {
    const answer = await dynamo('Query', {
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: AUTHZ } },
      ExclusiveStartKey,
    });
    for (const wire of answer['Items'] as WireItem[]) {
      const item = plainItem(wire);
      const sk = item['sk'] as string;
      if (sk === JWKS_ITEM) (item['keys'] as PublicJwk[]).forEach((key) => keys.set(key.kid, key));
      else if (sk.startsWith(ROLE_PREFIX)) roles.set(sk.slice(ROLE_PREFIX.length), item as unknown as RoleGrant);
      else if (sk.startsWith(ENDED_SESSION_PREFIX)) endedSessions.add(sk.slice(ENDED_SESSION_PREFIX.length));
      else if (sk.startsWith(CHANGED_USER_PREFIX)) {
        epochs.set(sk.slice(CHANGED_USER_PREFIX.length), item['epoch'] as number);
      }
    }
    ExclusiveStartKey = answer['LastEvaluatedKey'];
  } while (ExclusiveStartKey);
  return { at: now.getTime(), keys, roles, endedSessions, epochs };
};
