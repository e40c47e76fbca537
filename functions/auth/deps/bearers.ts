import { quickDynamoClient } from '../../../shared/aws/clients.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { standbyOf } from '../standby/settings.ts';
import type { BearerSettings } from '../authorizer/bearer.ts';

/** How callers are recognised, by the environment of a function. */
export const bearerSettings = (): BearerSettings => {
  const env = readEnv(['AUTH_TABLE', 'TOKEN_ISSUER', 'TOKEN_AUDIENCE', 'ACCESS_TOKEN_SECONDS']);
  return {
    auth: table(quickDynamoClient(), env.AUTH_TABLE),
    issuer: env.TOKEN_ISSUER,
    audience: env.TOKEN_AUDIENCE,
    accessTokenSeconds: Number(env.ACCESS_TOKEN_SECONDS),
    clock: systemClock,
    standby: standbyOf(),
  };
};
