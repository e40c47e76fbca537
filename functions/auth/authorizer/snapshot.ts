import { createLocalJWKSet } from 'jose/jwks/local';
import type { Table } from '../../../shared/aws/dynamo.ts';
import type { RoleGrant, RoleTable } from '../roles/grants.ts';
import { AUTHZ, CHANGED_USER_PREFIX, ENDED_SESSION_PREFIX, JWKS_ITEM, ROLE_PREFIX } from '../table.ts';
import type { KnownRegister } from '../standby/reader.ts';
import type { PublicJwk } from '../tokens/signing-key.ts';

/** What the authorizer knows of the world. */
export interface Snapshot {
  readonly at: number;
  readonly kids: ReadonlySet<string>;
  readonly keys: ReturnType<typeof createLocalJWKSet>;
  readonly roles: RoleTable;
  readonly endedSessions: ReadonlySet<string>;
  /** The epoch that a user's tokens must at least have. */
  readonly epochs: ReadonlyMap<string, number>;
}

/** An item of the partition: `sk` says which of these it is. */
type Item = { readonly sk: string } & RoleGrant & { readonly keys: readonly PublicJwk[]; readonly epoch: number };

const PAGE = 1_000;

/** Reads all that the authorizer must know: one partition, strongly consistent. Rejects when it cannot. */
export const readSnapshot = async (auth: Table, now: Date): Promise<Snapshot> => {
  const keys: PublicJwk[] = [];
  const roles = new Map<string, RoleGrant>();
  const endedSessions = new Set<string>();
  const epochs = new Map<string, number>();
  // Revocations whose tokens have all expired stay until DynamoDB deletes them, which may take days.
  const query = {
    where: '#pk = :pk',
    filter: 'attribute_not_exists(#ttl) OR #ttl > :now',
    values: { pk: AUTHZ, now: Math.floor(now.getTime() / 1000) },
    consistent: true,
  };
  let start: Record<string, unknown> | undefined;
  do {
    const { items, last } = await auth.queryOnce<Item>(query, PAGE, start);
    for (const item of items) {
      const { sk } = item;
      if (sk === JWKS_ITEM) keys.push(...item.keys);
      else if (sk.startsWith(ROLE_PREFIX)) roles.set(sk.slice(ROLE_PREFIX.length), item);
      else if (sk.startsWith(ENDED_SESSION_PREFIX)) endedSessions.add(sk.slice(ENDED_SESSION_PREFIX.length));
      else if (sk.startsWith(CHANGED_USER_PREFIX)) epochs.set(sk.slice(CHANGED_USER_PREFIX.length), item.epoch);
    }
    start = last;
  } while (start);
  return { at: now.getTime(), ...keySet(keys), roles, endedSessions, epochs };
};

const keySet = (keys: readonly PublicJwk[]): Pick<Snapshot, 'kids' | 'keys'> => ({
  kids: new Set(keys.map(({ kid }) => kid)),
  keys: createLocalJWKSet({ keys: keys.map((key) => ({ ...key })) }),
});

/**
 * What a register tells. It knows nothing of revocations: a session that ended within the life of an access token before
 * the outage is still taken (docs/adr/0070-known-callers-are-believed-in-an-outage.md).
 */
export const snapshotOf = ({ at, register }: KnownRegister): Snapshot => ({
  at,
  ...keySet(register.keys),
  roles: new Map(register.roles),
  endedSessions: new Set(),
  epochs: new Map(),
});
