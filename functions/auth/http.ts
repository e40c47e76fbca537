import { http } from '../../shared/http/handler.ts';
import { reply } from '../../shared/http/route.ts';
import { changePassword } from './change-password.ts';
import { changeUser } from './change-user.ts';
import { createApiKey } from './create-api-key.ts';
import { createUser } from './create-user.ts';
import { deleteRole } from './delete-role.ts';
import { deleteUser } from './delete-user.ts';
import { deps } from './deps.ts';
import { getUser } from './get-user.ts';
import { listApiKeys } from './list-api-keys.ts';
import { listRoles } from './list-roles.ts';
import { listSessions } from './list-sessions.ts';
import { listUsers } from './list-users.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { me } from './me.ts';
import { refresh } from './refresh.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { revokeSession } from './revoke-session.ts';
import { routes } from './routes.ts';
import { createRole, replaceRole } from './save-role.ts';
import { status } from './status.ts';

export const handler = http(routes, {
  login: ({ body, origin }) => login(deps(), body, origin),
  refresh: ({ body, origin }) => refresh(deps(), body.refreshToken, origin),
  logout: ({ caller, origin }) => logout(deps(), caller, origin),
  getMe: async ({ caller }) => me(caller),
  listSessions: ({ caller }) => listSessions(deps(), caller),
  revokeSession: ({ params, caller, origin }) => revokeSession(deps(), caller, params.id, origin),
  changePassword: ({ body, caller, origin }) => changePassword(deps(), caller, body, origin),
  getJwks: async () =>
    reply({
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
      body: { keys: await deps().keys.published() },
    }),
  listUsers: ({ query }) => listUsers(deps(), query),
  createUser: ({ body, caller, origin }) => createUser(deps(), caller, body, origin),
  getUser: ({ params }) => getUser(deps(), params.id),
  changeUser: ({ params, body, caller, origin }) => changeUser(deps(), caller, params.id, body, origin),
  deleteUser: ({ params, caller, origin }) => deleteUser(deps(), caller, params.id, origin),
  listRoles: () => listRoles(deps()),
  createRole: ({ body, caller, origin }) => createRole(deps(), caller, body, origin),
  replaceRole: ({ params, body, caller, origin }) => replaceRole(deps(), caller, params.name, body, origin),
  deleteRole: ({ params, caller, origin }) => deleteRole(deps(), caller, params.name, origin),
  listApiKeys: ({ query }) => listApiKeys(deps(), query),
  createApiKey: ({ body, caller, origin }) => createApiKey(deps(), caller, body, origin),
  revokeApiKey: ({ params, caller, origin }) => revokeApiKey(deps(), caller, params.id, origin),
  getSecurityStatus: () => status(deps()),
});
