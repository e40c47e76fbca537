import {
  apiGatewayClient,
  dynamoClient,
  s3Client,
  secretsClient,
  sqsClient,
  ssmClient,
} from '../../shared/aws/clients.ts';
import { dataKeys } from '../../shared/aws/data-keys.ts';
import { table, type Table } from '../../shared/aws/dynamo.ts';
import { idempotencyStore } from '../../shared/aws/idempotency-store.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { lazy } from '../../shared/kernel/lazy.ts';
import type { Tier } from '../../shared/kernel/tiers.ts';
import { announceDeletedUsers } from './accounts/announce-deleted-user.ts';
import { firstAdmin } from './accounts/first-admin.ts';
import * as sessions from './accounts/session-store.ts';
import * as users from './accounts/user-store.ts';
import * as events from './event-store.ts';
import * as factors from './factors/store.ts';
import * as locks from './lock-out/store.ts';
import type { KeyFacts } from './machine-keys/machine-key.ts';
import * as apiKeys from './machine-keys/store.ts';
import * as meters from './meters/store.ts';
import { usageKeys } from './meters/usage-keys.ts';
import { roleCache } from './roles/role-cache.ts';
import * as roles from './roles/store.ts';
import { standbyStore } from './standby/store.ts';
import { apiKeyKey, AUTH_TABLE_SHAPE } from './table.ts';
import { signingKeys } from './tokens/signing-keys.ts';
import * as publicKeys from './tokens/store.ts';

const clock = systemClock;

const authTable = /* @__PURE__ */ lazy(() => table(dynamoClient(), readEnv(['AUTH_TABLE']).AUTH_TABLE));

/** The stores of all rooms, bound to the one table. */
export const authStore = (auth: Table, accessTokenSeconds: number) => {
  const accounts = { auth, accessTokenSeconds };
  return {
    ...bound(users, accounts),
    ...bound(sessions, accounts),
    ...bound(factors, accounts),
    ...bound(roles, auth),
    ...bound(apiKeys, auth),
    ...bound(locks, auth),
    ...bound(publicKeys, auth),
    ...bound(events, auth),
  };
};

const keysOf = /* @__PURE__ */ lazy(() => {
  const { SIGNING_KEYS_PATH: path, PARAMETER_KEY: keyArn } = readEnv(['SIGNING_KEYS_PATH', 'PARAMETER_KEY']);
  return signingKeys({ ring: { ssm: ssmClient(), path, keyArn }, store: bound(publicKeys, authTable()), clock });
});

/** What the routes need. */
export const deps = /* @__PURE__ */ lazy(() => {
  const env = readEnv([
    'FIRST_LOGIN_PARAMETER',
    'DATA_KEYS_PATH',
    'TOKEN_ISSUER',
    'TOKEN_AUDIENCE',
    'ACCESS_TOKEN_SECONDS',
    'REFRESH_TOKEN_SECONDS',
  ]);
  const accessTokenSeconds = Number(env.ACCESS_TOKEN_SECONDS);
  const store = authStore(authTable(), accessTokenSeconds);
  return {
    clock,
    store,
    keys: keysOf(),
    dataKeys: dataKeys({ clock, ssm: ssmClient() }, env.DATA_KEYS_PATH),
    roles: roleCache({ store, clock }),
    firstAdmin: firstAdmin({ ssm: ssmClient(), name: env.FIRST_LOGIN_PARAMETER, store, clock }),
    tokens: {
      issuer: env.TOKEN_ISSUER,
      audience: env.TOKEN_AUDIENCE,
      accessTokenSeconds,
      refreshTokenSeconds: Number(env.REFRESH_TOKEN_SECONDS),
    },
  };
});

/** Where requests that have an `Idempotency-Key` are recorded. */
export const requestKeys = /* @__PURE__ */ lazy(() => ({
  clock,
  store: idempotencyStore(authTable(), AUTH_TABLE_SHAPE),
}));

/** What the daily rotation of the signing keys needs. */
export const rotationDeps = /* @__PURE__ */ lazy(() => ({
  clock,
  store: { ...bound(publicKeys, authTable()), ...bound(events, authTable()) },
  keys: keysOf(),
  accessTokenSeconds: Number(readEnv(['ACCESS_TOKEN_SECONDS']).ACCESS_TOKEN_SECONDS),
}));

/** What makes the secret values of a stage at its deployment. */
export const valuesDeps = /* @__PURE__ */ lazy(() => {
  const env = readEnv(['STAGE', 'STANDBY_BUCKET']);
  const standby = standbyStore({ s3: s3Client(), bucket: env.STANDBY_BUCKET });
  return { stage: env.STAGE, ssm: ssmClient(), secrets: secretsClient(), standby };
});

/** What the reactor needs that keeps the standby register. */
export const standbyDeps = /* @__PURE__ */ lazy(() => {
  const env = readEnv(['STANDBY_BUCKET', 'POISON_QUEUE']);
  const auth = authTable();
  return {
    clock,
    standby: standbyStore({ s3: s3Client(), bucket: env.STANDBY_BUCKET }),
    grants: async () => ({
      keys: (await publicKeys.publishedKeys(auth)).keys,
      roles: (await roles.customRoles(auth)).map(
        ({ name, permissions, inherits, tier }) => [name, { permissions, inherits, tier }] as const,
      ),
    }),
    machine: (id: string) => auth.get<KeyFacts>(apiKeyKey(id), { consistent: true }),
    sqs: sqsClient(),
    poisonQueueUrl: env.POISON_QUEUE,
  };
});

/** What placing the gateway's keys needs. */
export const meterDeps = /* @__PURE__ */ lazy(() => {
  const env = readEnv(['API_ID', 'USAGE_PLAN_IDS', 'STAGE']);
  const planIds = JSON.parse(env.USAGE_PLAN_IDS) as Record<Tier, string>;
  return {
    clock,
    store: bound(meters, authTable()),
    stage: env.STAGE,
    apiId: env.API_ID,
    usageKeys: usageKeys({ gateway: apiGatewayClient(), planIds }),
  };
});

/** What the reactor needs that keeps the gateway's keys. */
export const meterReactorDeps = /* @__PURE__ */ lazy(() => {
  const env = readEnv(['POISON_QUEUE', 'WAKE_QUEUE']);
  return {
    ...meterDeps(),
    announceDeleted: announceDeletedUsers({ sqs: sqsClient(), queueUrl: env.WAKE_QUEUE }),
    sqs: sqsClient(),
    poisonQueueUrl: env.POISON_QUEUE,
  };
});
