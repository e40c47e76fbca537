import { effectiveWithin } from '../../shared/http/effective-within.ts';
import { http } from '../../shared/http/handler.ts';
import { reply } from '../../shared/http/route.ts';
import { beginPasskeyLogin } from './accounts/begin-passkey-login.ts';
import { changePassword } from './accounts/change-password.ts';
import { changeUser } from './accounts/change-user.ts';
import { createUser } from './accounts/create-user.ts';
import { deleteUser } from './accounts/delete-user.ts';
import { getMe } from './accounts/get-me.ts';
import { getUser } from './accounts/get-user.ts';
import { listPeople } from './accounts/list-people.ts';
import { listSessions } from './accounts/list-sessions.ts';
import { listUsers } from './accounts/list-users.ts';
import { login } from './accounts/login.ts';
import { loginByPasskey } from './accounts/login-by-passkey.ts';
import { logout } from './accounts/logout.ts';
import { refreshTokens } from './accounts/refresh-tokens.ts';
import { revokeSession } from './accounts/revoke-session.ts';
import { answerLogout, answerTokens, presentedToken } from './accounts/session-cookie.ts';
import type { TokenPair } from './accounts/session-tokens.ts';
import { addPasskey } from './factors/add-passkey.ts';
import { beginPasskey } from './factors/begin-passkey.ts';
import { beginProof } from './factors/begin-proof.ts';
import { confirmTotp } from './factors/confirm-totp.ts';
import { enrolTotp } from './factors/enrol-totp.ts';
import { listFactors } from './factors/list-factors.ts';
import { prove } from './factors/prove.ts';
import { removeFactor } from './factors/remove-factor.ts';
import { renewRecoveryCodes } from './factors/renew-recovery-codes.ts';
import { deps, requestKeys } from './deps.ts';
import { getAccessReport } from './get-access-report.ts';
import { getSecurityStatus } from './get-security-status.ts';
import { createApiKey } from './machine-keys/create-api-key.ts';
import { listApiKeys } from './machine-keys/list-api-keys.ts';
import { REVOKED_WITHIN_SECONDS, revokeApiKey } from './machine-keys/revoke-api-key.ts';
import { deleteRole } from './roles/delete-role.ts';
import { listRoles } from './roles/list-roles.ts';
import { createRole, replaceRole } from './roles/save-role.ts';
import { routes } from './routes.ts';

export type Deps = ReturnType<typeof deps>;

/** The routes of this context. The dependencies are made at the first request. */
export const surface = (depsOf: () => Deps, keys = requestKeys) => {
  const answer = ({ header }: { readonly header: (name: string) => string | undefined }, pair: TokenPair) =>
    answerTokens(header, pair, depsOf().tokens.refreshTokenSeconds);
  return http(
    routes,
    {
      login: async (request) =>
        answer(request, await login(depsOf(), request, { ...request.body, publicUrl: request.publicUrl })),
      beginPasskeyLogin: (request) => beginPasskeyLogin(depsOf(), request),
      loginByPasskey: async ({ publicUrl, ...request }) =>
        answer(request, await loginByPasskey(depsOf(), request, { answer: request.body, publicUrl })),
      refresh: async (request) => {
        const refreshToken = presentedToken(request.header, request.body);
        return answer(request, await refreshTokens(depsOf(), request, { refreshToken }));
      },
      logout: async (request) => {
        await logout(depsOf(), request);
        return answerLogout(request.header);
      },
      getMe: async (request) => getMe(request),
      listSessions: (request) => listSessions(depsOf(), request),
      revokeSession: (request) => revokeSession(depsOf(), request, request.params),
      changePassword: async (request) => answer(request, await changePassword(depsOf(), request, request.body)),
      prove: (request) => prove(depsOf(), request, { ...request.body, publicUrl: request.publicUrl }),
      beginProof: (request) => beginProof(depsOf(), request, request),
      listFactors: (request) => listFactors(depsOf(), request),
      enrolTotp: (request) => enrolTotp(depsOf(), request, request.body),
      confirmTotp: async (request) =>
        answer(request, await confirmTotp(depsOf(), request, { id: request.params.id, code: request.body.code })),
      beginPasskey: (request) => beginPasskey(depsOf(), request, request),
      addPasskey: async ({ publicUrl, ...request }) =>
        answer(request, await addPasskey(depsOf(), request, { ...request.body, publicUrl })),
      removeFactor: (request) => removeFactor(depsOf(), request, request.params),
      renewRecoveryCodes: (request) => renewRecoveryCodes(depsOf(), request),
      getJwks: async () =>
        reply({
          status: 200,
          headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
          body: { keys: await depsOf().keys.published() },
        }),
      listUsers: ({ query }) => listUsers(depsOf(), query),
      createUser: (request) => createUser(depsOf(), request, request.body),
      listPeople: ({ query }) => listPeople(depsOf(), query),
      getUser: ({ params }) => getUser(depsOf(), params),
      changeUser: (request) => changeUser(depsOf(), request, { id: request.params.id, ...request.body }),
      deleteUser: (request) => deleteUser(depsOf(), request, request.params),
      listRoles: () => listRoles(depsOf()),
      createRole: (request) => createRole(depsOf(), request, request.body),
      replaceRole: (request) => replaceRole(depsOf(), request, { name: request.params.name, ...request.body }),
      deleteRole: (request) => deleteRole(depsOf(), request, request.params),
      listApiKeys: ({ query }) => listApiKeys(depsOf(), query),
      createApiKey: (request) => createApiKey(depsOf(), request, request.body),
      revokeApiKey: async (request) => {
        await revokeApiKey(depsOf(), request, request.params);
        return reply({ status: 204, headers: effectiveWithin(REVOKED_WITHIN_SECONDS) });
      },
      getSecurityStatus: () => getSecurityStatus(depsOf()),
      getAccessReport: () => getAccessReport(depsOf()),
    },
    { keys },
  );
};

export const handler = surface(deps);
