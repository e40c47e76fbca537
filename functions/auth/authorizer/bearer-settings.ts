import { systemClock } from '../../../shared/kernel/clock.ts';
import { environment, readEnv } from '../../../shared/kernel/env.ts';
import type { BearerSettings } from './bearer.ts';

/** How bearers are told, by the environment of a function. */
export const bearerSettings = (): BearerSettings => {
  const env = readEnv(['AUTH_TABLE', 'TOKEN_ISSUER', 'TOKEN_AUDIENCE', 'STAGE']);
  return {
    environment: environment(),
    table: env.AUTH_TABLE,
    issuer: env.TOKEN_ISSUER,
    audience: env.TOKEN_AUDIENCE,
    stage: env.STAGE,
    clock: systemClock,
  };
};
