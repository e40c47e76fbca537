import { ROUTES } from 'tocsin:routes';
import { once } from '../../shared/kernel/once.ts';
import { authorizer, type AuthorizerAnswer, type AuthorizerEvent } from './authorizer/authorize.ts';
import { bearerSettings } from './deps/bearers.ts';

const authorize = /* @__PURE__ */ once(() => authorizer({ ...bearerSettings(), routes: ROUTES }));

/** Who is calling, and what they may call. No schema library here: this runs before every request. */
export const handler = (event: AuthorizerEvent): Promise<AuthorizerAnswer> => authorize()(event);
