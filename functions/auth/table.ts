import { sha256 } from '../../shared/kernel/ids.ts';
import type { TableShape } from '../../shared/aws/table-shape.ts';

export const LISTING_INDEX = 'listing';

/** Keys and indexes of the auth table; the `store.ts` of each room says what lies where. */
export const AUTH_TABLE_SHAPE = {
  hash: 'pk',
  range: 'sk',
  indexes: { [LISTING_INDEX]: { hash: 'listing', range: 'id' } },
  expiry: 'ttl',
  auditEvents: 'by_stream',
} as const satisfies TableShape;

/** What the index `listing` lists: the users, and the machine keys, each by age. */
export const USERS = 'USERS';
export const API_KEYS = 'API_KEYS';

/** The partition of which the authorizer reads all: public keys, custom roles, and what was revoked of late. */
export const AUTHZ = 'AUTHZ';
export const JWKS_ITEM = 'JWKS';
export const ROLE_PREFIX = 'ROLE#';
export const ENDED_SESSION_PREFIX = 'SESSION#';
export const CHANGED_USER_PREFIX = 'USER#';

/** Each machine key is a partition of its own, so that a function which checks keys can be kept to partitions that begin so. */
export const KEY_PARTITION_PREFIX = 'KEY#';
export const KEY_ITEM = 'KEY';

/** Each user is a partition of its own. Of it, other contexts may read what `PERSON_ATTRIBUTES` names and no more. */
export const USER_PARTITION_PREFIX = 'USER#';
export const USER_ITEM = 'USER';
export const PERSON_ATTRIBUTES = ['id', 'username', 'displayName', 'status'] as const;
/** What decides whether somebody else may take charge of what belongs to a user. */
export const GUARDED_ATTRIBUTES = ['roles', 'status'] as const;

/** A name leads to its user. */
export const NAME_PARTITION_PREFIX = 'NAME#';
export const nameKey = (name: string) => ({ pk: NAME_PARTITION_PREFIX + sha256(name), sk: 'NAME' });

export const userKey = (id: string) => ({ pk: USER_PARTITION_PREFIX + id, sk: USER_ITEM });
/** A challenge of WebAuthn that was used, by its digest. */
export const challengeKey = (digest: string) => ({ pk: `CHALLENGE#${digest}`, sk: 'CHALLENGE' });
export const authzKey = (sk: string) => ({ pk: AUTHZ, sk });
export const apiKeyKey = (id: string) => ({ pk: KEY_PARTITION_PREFIX + id, sk: KEY_ITEM });

/** The object that holds the standby register. */
export const REGISTER_PREFIX = 'standby/';
export const REGISTER_KEY = `${REGISTER_PREFIX}register.json`;
