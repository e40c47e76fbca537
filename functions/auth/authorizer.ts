import { ROUTES } from 'tocsin:routes';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { once } from '../../shared/kernel/once.ts';
import { authorizer, type AuthorizerAnswer, type AuthorizerEvent } from './authorize.ts';

const authorize = /* @__PURE__ */ once(() => {
  const env = readEnv(['AUTH_TABLE', 'TOKEN_ISSUER', 'TOKEN_AUDIENCE', 'STAGE']);
  return authorizer({
    environment: process.env,
    table: env.AUTH_TABLE,
    issuer: env.TOKEN_ISSUER,
    audience: env.TOKEN_AUDIENCE,
    stage: env.STAGE,
    routes: ROUTES,
    clock: systemClock,
  });
});

/** Who is calling, and what they may call. No SDK and no schema library here: this runs before every request. */
export const handler = (event: AuthorizerEvent): Promise<AuthorizerAnswer> => authorize()(event);
