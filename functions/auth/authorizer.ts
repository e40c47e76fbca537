import { ROUTES } from 'tocsin:routes';
import { readEnv } from '../../shared/kernel/env.ts';
import { lazy } from '../../shared/kernel/lazy.ts';
import { authorizer, type AuthorizerAnswer, type AuthorizerEvent } from './authorizer/authorize.ts';
import type { GatewayRoute } from './authorizer/policy.ts';
import { bearerSettings } from './deps/bearers.ts';

const authorize = /* @__PURE__ */ lazy(() =>
  authorizer({ ...bearerSettings(), stage: readEnv(['STAGE']).STAGE, routes: ROUTES as readonly GatewayRoute[] }),
);

/** Establishes the caller and what they may call. It runs before every request, so it loads no schema library. */
export const handler = (event: AuthorizerEvent): Promise<AuthorizerAnswer> => authorize()(event);
