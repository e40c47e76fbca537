import { apiGatewayClient, dynamoClient, secretsClient, sqsClient } from '../../shared/aws/clients.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import type { Tier } from '../../shared/kernel/tiers.ts';
import { once } from '../../shared/kernel/once.ts';
import { firstAdmin } from './accounts/first-admin.ts';
import { roleCache } from './roles/role-cache.ts';
import { signingKeys } from './tokens/signing-keys.ts';
import { authStore } from './auth-store.ts';
import { deletionAnnouncer } from './accounts/deleted.ts';
import { table } from '../../shared/aws/dynamo.ts';
import type { KeyFacts } from './machine-keys/machine-key.ts';
import { apiKeyKey } from './machine-keys/store.ts';
import { customRoles } from './roles/store.ts';
import { standbyStore } from './standby/store.ts';
import { publicKeyStore } from './tokens/store.ts';
import { usageKeys } from './meters/usage-keys.ts';

const clock = systemClock;

const storeOf = /* @__PURE__ */ once(() => {
  const env = readEnv(['AUTH_TABLE', 'ACCESS_TOKEN_SECONDS']);
  return authStore(dynamoClient(), env.AUTH_TABLE, Number(env.ACCESS_TOKEN_SECONDS));
});

const keysOf = /* @__PURE__ */ once(() =>
  signingKeys({
    secrets: secretsClient(),
    secretId: readEnv(['SIGNING_KEYS_SECRET']).SIGNING_KEYS_SECRET,
    store: storeOf(),
    clock,
  }),
);

/** What the verbs of this context need. */
export const deps = /* @__PURE__ */ once(() => {
  const env = readEnv([
    'FIRST_ADMIN_SECRET',
    'TOKEN_ISSUER',
    'TOKEN_AUDIENCE',
    'ACCESS_TOKEN_SECONDS',
    'REFRESH_TOKEN_SECONDS',
  ]);
  const store = storeOf();
  return {
    clock,
    store,
    keys: keysOf(),
    roles: roleCache({ store, clock }),
    firstAdmin: firstAdmin({ secrets: secretsClient(), secretId: env.FIRST_ADMIN_SECRET, store, clock }),
    tokens: {
      issuer: env.TOKEN_ISSUER,
      audience: env.TOKEN_AUDIENCE,
      accessTokenSeconds: Number(env.ACCESS_TOKEN_SECONDS),
      refreshTokenSeconds: Number(env.REFRESH_TOKEN_SECONDS),
    },
  };
});

/** What turning the signing keys needs. */
export const rotationDeps = /* @__PURE__ */ once(() => ({
  clock,
  store: storeOf(),
  keys: keysOf(),
  accessTokenSeconds: Number(readEnv(['ACCESS_TOKEN_SECONDS']).ACCESS_TOKEN_SECONDS),
}));

/** What the reactor needs that keeps the standby register. */
export const standbyDeps = /* @__PURE__ */ once(() => {
  const env = readEnv(['AUTH_TABLE', 'STANDBY_SECRET', 'POISON_QUEUE']);
  const auth = table(dynamoClient(), env.AUTH_TABLE);
  return {
    clock,
    standby: standbyStore({ secrets: secretsClient(), secretId: env.STANDBY_SECRET }),
    grants: async () => ({
      keys: (await publicKeyStore(auth).publishedKeys()).keys,
      roles: (await customRoles(auth)).map(
        ({ name, permissions, inherits, tier }) => [name, { permissions, inherits, tier }] as const,
      ),
    }),
    machine: (id: string) => auth.get<KeyFacts>(apiKeyKey(id), { consistent: true }),
    sqs: sqsClient(),
    poisonQueueUrl: env.POISON_QUEUE,
  };
});

/** What the reactor needs that keeps the gateway's keys. */
export const meterDeps = /* @__PURE__ */ once(() => {
  const env = readEnv(['USAGE_PLAN_IDS', 'STAGE', 'POISON_QUEUE', 'WAKE_QUEUE']);
  const planIds = JSON.parse(env.USAGE_PLAN_IDS) as Record<Tier, string>;
  return {
    clock,
    store: storeOf(),
    stage: env.STAGE,
    usageKeys: usageKeys({ gateway: apiGatewayClient(), planIds }),
    announceDeleted: deletionAnnouncer({ sqs: sqsClient(), queueUrl: env.WAKE_QUEUE }),
    sqs: sqsClient(),
    poisonQueueUrl: env.POISON_QUEUE,
  };
});
