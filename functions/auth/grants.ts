import type { Grants, TableGrant } from '../../shared/kernel/grant.ts';
import {
  AUTH_TABLE_SHAPE,
  AUTHZ,
  GUARDED_ATTRIBUTES,
  KEY_PARTITION_PREFIX,
  NAME_PARTITION_PREFIX,
  PERSON_ATTRIBUTES,
  USER_PARTITION_PREFIX,
  USERS,
} from './table.ts';

const usersWith = (attributes: readonly string[]): TableGrant => ({
  env: 'AUTH_TABLE',
  actions: ['GetItem'],
  leadingKeys: [`${USER_PARTITION_PREFIX}*`],
  attributes: [AUTH_TABLE_SHAPE.hash, AUTH_TABLE_SHAPE.range, ...attributes],
});

const roles: TableGrant = { env: 'AUTH_TABLE', actions: ['Query'], leadingKeys: [AUTHZ] };

const keys: TableGrant = {
  env: 'AUTH_TABLE',
  actions: ['GetItem', 'UpdateItem'],
  leadingKeys: [`${KEY_PARTITION_PREFIX}*`],
};

const standby = { env: 'STANDBY_BUCKET', actions: ['GetObject'] } as const;

/** What functions of other contexts may do with users, roles and machine keys. */
export const AUTH_GRANTS = {
  /** Reads who a user is, and whether they may act; no hash of a password, and no session. */
  people: { name: 'auth.people', tables: [usersWith(PERSON_ATTRIBUTES)] },
  /** Lists who the users are, and finds one by name; no hash of a password, and no session. */
  listPeople: {
    name: 'auth.listPeople',
    tables: [
      usersWith(PERSON_ATTRIBUTES),
      { env: 'AUTH_TABLE', actions: ['Query'], leadingKeys: [USERS] },
      { env: 'AUTH_TABLE', actions: ['GetItem'], leadingKeys: [`${NAME_PARTITION_PREFIX}*`] },
    ],
  },
  /** Guards what belongs to a user against callers who may do less than that user. */
  guard: { name: 'auth.guard', tables: [usersWith(GUARDED_ATTRIBUTES), roles] },
  /** Checks machine keys, and notes their use. */
  keys: { name: 'auth.keys', tables: [keys], objects: [standby] },
  /** Finds the bearer of a token or a machine key. */
  bearers: {
    name: 'auth.bearers',
    tables: [roles, keys],
    objects: [standby],
    settings: ['TOKEN_ISSUER', 'TOKEN_AUDIENCE', 'ACCESS_TOKEN_SECONDS'],
  },
} as const satisfies Grants;
