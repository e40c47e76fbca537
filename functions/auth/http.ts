import { http } from '../../shared/http/handler.ts';
import { reply } from '../../shared/http/route.ts';
import { changePassword } from './accounts/change-password.ts';
import { changeUser } from './accounts/change-user.ts';
import { createApiKey } from './machine-keys/create-api-key.ts';
import { createUser } from './accounts/create-user.ts';
import { deleteRole } from './roles/delete-role.ts';
import { deleteUser } from './accounts/delete-user.ts';
import { deps } from './deps.ts';
import { getUser } from './accounts/get-user.ts';
import { listApiKeys } from './machine-keys/list-api-keys.ts';
import { listRoles } from './roles/list-roles.ts';
import { listSessions } from './accounts/list-sessions.ts';
import { listUsers } from './accounts/list-users.ts';
import { login } from './accounts/login.ts';
import { logout } from './accounts/logout.ts';
import { me } from './accounts/me.ts';
import { refresh } from './accounts/refresh.ts';
import { revokeApiKey } from './machine-keys/revoke-api-key.ts';
import { revokeSession } from './accounts/revoke-session.ts';
import { routes } from './routes.ts';
import { createRole, replaceRole } from './roles/save-role.ts';
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
