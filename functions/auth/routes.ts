import * as z from 'zod/mini';
import { Cursor, Limit, pageOf } from '../../shared/http/list.ts';
import { pathId, pathParam } from '../../shared/http/path.ts';
import { defineRoutes } from '../../shared/http/route.ts';
import { ApiKey, ApiKeyWithSecret, CreateApiKey } from './machine-keys/api-key.ts';
import { EnrolledFactor, FactorName, Factors, RecoveryCodes, TypedCode } from './factors/factor.ts';
import { NewPasskeyAnswer, PasskeyAnswer, PasskeyOptions, ProofOptions } from './factors/passkey.ts';
import { Me } from './accounts/get-me.ts';
import { Person } from './accounts/list-people.ts';
import { CreateRole, noSuchRole, ReplaceRole, Role } from './roles/role.ts';
import { AccessReport } from './get-access-report.ts';
import { SecurityStatus } from './get-security-status.ts';
import { ChangeUser, CreateUser, ROLE_NAME, Session, User, UserWithPassword } from './accounts/user.ts';

const userId = pathId('usr', 'user');
const roleName = pathParam(ROLE_NAME, noSuchRole);

const Page = z.strictObject({ limit: Limit, cursor: Cursor });
const Typed = z.string().check(z.minLength(1), z.maxLength(1024));
const SMALL = 16 * 1024;

const Tokens = z
  .object({
    accessToken: z.string(),
    // Absent where a cookie has it.
    refreshToken: z.optional(z.string()),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int(),
    passwordChangeRequired: z.optional(z.literal(true)),
  })
  .register(z.globalRegistry, { id: 'Tokens' });

const ProofToken = z
  .object({ accessToken: z.string(), tokenType: z.literal('Bearer'), expiresIn: z.int() })
  .register(z.globalRegistry, { id: 'ProofToken' });

const ConfirmedFactor = z
  .extend(Tokens, { recoveryCodes: z.optional(z.readonly(z.array(z.string()))) })
  .register(z.globalRegistry, { id: 'ConfirmedFactor' });

const exampleTokens = {
  accessToken: 'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEiLCJ0eXAiOiJhdCtqd3QifQ.eyJzdWIiOiJ1c3JfMDEifQ.c2lnbmF0dXJl',
  refreshToken: 'trt_01jd3v8m2k7q4xh2g8vq0p1m9d01jd3v8m2k7q4xh2g8vq0p1m9e.1.c2VjcmV0LW9mLWZhbWlseQ.c2VjcmV0',
  tokenType: 'Bearer',
  expiresIn: 900,
} as const;

const exampleUser = {
  id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d',
  username: 'ana',
  displayName: 'Ana Novak',
  roles: ['operator'],
  tier: null,
  status: 'active',
  passwordChangeRequired: true,
  hasSecondFactor: false,
  createdAt: '2026-11-21T03:00:00.000Z',
  updatedAt: '2026-11-21T03:00:00.000Z',
  lastLoginAt: null,
  version: 1,
} as const;

const exampleRole = {
  name: 'night-shift',
  description: 'Operators who may also raise alerts',
  builtIn: false,
  permissions: ['monitoring.write'],
  inherits: ['operator'],
  effectivePermissions: ['monitoring.alert.*', 'monitoring.incident.*', 'monitoring.read', 'monitoring.write'],
  tier: null,
  effectiveTier: 'plus',
} as const;

const exampleKey = {
  id: 'key_01jd3v8m2k7q4xh2g8vq0p1m9d',
  name: 'prometheus',
  permissions: ['integrations.ingest'],
  tier: 'machine',
  createdAt: '2026-11-21T03:00:00.000Z',
  createdBy: 'ana',
  expiresAt: '2027-11-21T03:00:00.000Z',
  lastUsedAt: null,
  expired: false,
} as const;

const exampleSession = {
  id: 'ses_01jd3v8m2k7q4xh2g8vq0p1m9d',
  createdAt: '2026-11-21T03:00:00.000Z',
  lastUsedAt: '2026-11-21T03:00:00.000Z',
  expiresAt: '2026-11-28T03:00:00.000Z',
  ip: '192.0.2.7',
  userAgent: 'curl/8.15.0',
  current: true,
} as const;

const exampleFactor = {
  id: 'fct_01jd3v8m2k7q4xh2g8vq0p1m9d',
  kind: 'totp',
  name: 'Phone',
  createdAt: '2026-11-21T03:00:00.000Z',
  confirmed: true,
  lastUsedAt: '2026-11-21T03:00:00.000Z',
} as const;

const exampleNewPasskey = {
  id: 'LFdoCFJTyB82ZzSJUHc-c72yraRc_1mPvGX8ToE8su39xX26Jcqd31LUkKOS36FIAWgWl6itMKqmDvruha6ywA',
  rawId: 'LFdoCFJTyB82ZzSJUHc-c72yraRc_1mPvGX8ToE8su39xX26Jcqd31LUkKOS36FIAWgWl6itMKqmDvruha6ywA',
  type: 'public-key',
  response: {
    clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0',
    attestationObject: 'o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVik',
    transports: ['internal'],
  },
} as const;

const examplePasskey = {
  id: exampleNewPasskey.id,
  rawId: exampleNewPasskey.id,
  type: 'public-key',
  response: {
    clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0',
    authenticatorData: 'SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MBAAAAAA',
    signature: 'MEUCIQDO8aK1yVtdwZxJjA4xYbTzWpX3Ra7r0p1m9dVQIgM2Zq4',
    userHandle: 'dXNyXzAxamQzdjhtMms3cTR4aDJnOHZxMHAxbTlk',
  },
} as const;

const examplePasskeyOptions = {
  origin: 'https://tocsin.example.com',
  options: {
    challenge: 'MS5jMmVoTGFuVmdz',
    rpId: 'tocsin.example.com',
    timeout: 300_000,
    userVerification: 'required',
  },
};

const roleBody = {
  description: 'Operators who may also raise alerts',
  permissions: ['monitoring.write'],
  inherits: ['operator'],
};

export const routes = defineRoutes({
  login: {
    method: 'POST',
    path: '/api/auth/login',
    session: true,
    summary: 'Log in with a user name and a password',
    description:
      'A failed login gets the same answer whether the account exists or not. After too many attempts for an account or from an address, the answer is 429 for a time that grows. ' +
      'An account with a second factor needs `code` or `passkey` as well: without it the answer to the right password is 401 `auth.code_required`, whose `methods` says which factors there are, and whose `passkey` has the options for the browser. ' +
      'With the header `tocsin-session: cookie` the refresh token is set as a cookie that only /api/auth receives, and is not in the body.',
    permission: 'public',
    body: z.strictObject({
      username: Typed.check(z.maxLength(256)),
      password: Typed,
      code: z.optional(TypedCode),
      passkey: z.optional(PasskeyAnswer),
    }),
    maxBodyBytes: SMALL,
    example: { username: 'ana', password: 'correct mare battery staple' },
    success: { status: 200, description: 'An access and a refresh token', body: Tokens, example: exampleTokens },
    problems: {
      401: ['auth.invalid_credentials', 'auth.code_required', 'auth.invalid_code', 'auth.invalid_passkey'],
      429: ['auth.locked'],
    },
    throttle: { requestsPerSecond: 20, burst: 40 },
  },
  beginPasskeyLogin: {
    method: 'POST',
    path: '/api/auth/login/passkey/options',
    summary: 'Get the options to log in by a passkey',
    description:
      'The options are those of `navigator.credentials.get`, in JSON (WebAuthn Level 3 section 5.1). Their challenge counts once, for five minutes. `origin` is the one address at which a passkey of this installation can be used.',
    permission: 'public',
    session: true,
    success: { status: 200, description: 'The options', body: PasskeyOptions, example: examplePasskeyOptions },
    throttle: { requestsPerSecond: 20, burst: 40 },
  },
  loginByPasskey: {
    method: 'POST',
    path: '/api/auth/login/passkey',
    summary: 'Log in by a passkey instead of a password',
    description:
      'The body is what the browser answers. The passkey must name its owner (a discoverable credential) and must have verified them. Every failure has the same answer, and counts as one with a password does. ' +
      'With the header `tocsin-session: cookie` the refresh token is set as a cookie.',
    permission: 'public',
    session: true,
    body: PasskeyAnswer,
    maxBodyBytes: SMALL,
    example: examplePasskey,
    success: { status: 200, description: 'An access and a refresh token', body: Tokens, example: exampleTokens },
    problems: { 401: ['auth.invalid_passkey'], 429: ['auth.locked'] },
    throttle: { requestsPerSecond: 20, burst: 40 },
  },
  refresh: {
    method: 'POST',
    path: '/api/auth/refresh',
    session: true,
    summary: 'Exchange a refresh token for a new pair',
    description:
      'A refresh token is used once. After a lost answer, the same token gets the same answer for forty seconds. A later use ends its session. ' +
      'With the header `tocsin-session: cookie` the token of the cookie is exchanged, and the body is empty.',
    permission: 'public',
    body: z.strictObject({ refreshToken: z.optional(Typed) }),
    bodyOptional: true,
    maxBodyBytes: SMALL,
    example: { refreshToken: exampleTokens.refreshToken },
    success: { status: 200, description: 'A new pair', body: Tokens, example: exampleTokens },
    problems: { 401: ['auth.invalid_refresh_token'] },
    throttle: { requestsPerSecond: 50, burst: 100 },
  },
  logout: {
    method: 'POST',
    path: '/api/auth/logout',
    session: true,
    summary: 'End this session',
    description: 'With the header `tocsin-session: cookie` the answer deletes the cookie.',
    permission: 'any',
    whileRestricted: true,
    success: { status: 204, description: 'The session has ended' },
    problems: { 403: ['auth.people_only'] },
  },
  getMe: {
    method: 'GET',
    path: '/api/auth/me',
    summary: 'Get my identity, permissions and limits',
    permission: 'any',
    whileRestricted: true,
    success: {
      status: 200,
      description: 'The caller',
      body: Me,
      example: {
        kind: 'user',
        id: exampleUser.id,
        name: 'ana',
        roles: ['operator'],
        permissions: ['monitoring.alert.*', 'monitoring.incident.*', 'monitoring.read'],
        sessionId: exampleSession.id,
        passwordChangeRequired: false,
        limits: { tier: 'plus', requestsPerMinute: 300, burst: 150 },
      },
    },
  },
  listSessions: {
    method: 'GET',
    path: '/api/auth/sessions',
    summary: 'List my sessions',
    permission: 'any',
    success: {
      status: 200,
      description: 'The sessions of the caller',
      body: pageOf(Session),
      example: { items: [exampleSession], next: null },
    },
  },
  revokeSession: {
    method: 'DELETE',
    path: '/api/auth/sessions/{id}',
    params: { id: pathId('ses', 'session') },
    summary: 'End one of my sessions',
    permission: 'any',
    success: { status: 204, description: 'The session has ended' },
    problems: { 404: ['session.not_found'] },
  },
  changePassword: {
    method: 'POST',
    path: '/api/auth/password',
    session: true,
    summary: 'Change my password, which ends my other sessions',
    description:
      'It has at least 15 characters, or 8 beside a second factor, which then stays until the password is longer (NIST SP 800-63B-4).',
    permission: 'any',
    whileRestricted: true,
    body: z.strictObject({ currentPassword: Typed, newPassword: Typed }),
    maxBodyBytes: SMALL,
    example: { currentPassword: 'correct mare battery staple', newPassword: 'a lamp beside the window' },
    success: {
      status: 200,
      description: 'The pair with which this session continues',
      body: Tokens,
      example: exampleTokens,
    },
    problems: {
      403: ['password.wrong', 'auth.people_only'],
      404: ['session.not_found'],
      409: ['user.changed'],
      422: [
        'password.too_short',
        'password.too_long',
        'password.common',
        'password.predictable',
        'password.about_you',
        'password.unchanged',
      ],
      429: ['auth.locked'],
    },
  },
  prove: {
    method: 'POST',
    path: '/api/auth/proof',
    session: true,
    summary: 'Prove again who I am',
    description:
      'Routes that change who may do what need a proof that is at most fifteen minutes old. A person with a second factor sends `code` or `passkey`, everybody else `password`. The answer is an access token that carries the proof.',
    permission: 'any',
    body: z.strictObject({
      password: z.optional(Typed),
      code: z.optional(TypedCode),
      passkey: z.optional(PasskeyAnswer),
    }),
    maxBodyBytes: SMALL,
    example: { code: '492039' },
    success: {
      status: 200,
      description: 'An access token with the proof',
      body: ProofToken,
      example: { accessToken: exampleTokens.accessToken, tokenType: 'Bearer', expiresIn: 900 },
    },
    problems: {
      403: ['password.wrong', 'factor.wrong_code', 'factor.wrong_passkey', 'auth.people_only'],
      404: ['session.not_found'],
      429: ['auth.locked'],
    },
  },
  beginProof: {
    method: 'POST',
    path: '/api/auth/proof/options',
    summary: 'Get the ways in which I can prove who I am',
    description:
      '`passkey` has the options for the browser where the caller has a passkey. Their challenge counts once, for five minutes, in this session.',
    permission: 'any',
    success: {
      status: 200,
      description: 'The ways',
      body: ProofOptions,
      example: { methods: ['passkey', 'recovery_code'], passkey: examplePasskeyOptions },
    },
    problems: { 403: ['auth.people_only'], 404: ['session.not_found'] },
  },
  listFactors: {
    method: 'GET',
    path: '/api/auth/factors',
    summary: 'List my second factors',
    permission: 'any',
    success: {
      status: 200,
      description: 'The second factors of the caller',
      body: Factors,
      example: { items: [exampleFactor], recoveryCodesLeft: 10 },
    },
    problems: { 403: ['auth.people_only'], 404: ['session.not_found'] },
  },
  enrolTotp: {
    method: 'POST',
    path: '/api/auth/factors',
    answersSecret: true,
    summary: 'Begin a second factor for an authenticator app',
    description:
      'The answer has the secret, and the address that a QR code shows to the app. The factor counts once a code of the app confirms it.',
    permission: 'any',
    proof: 'always',
    body: z.strictObject({ name: FactorName }),
    maxBodyBytes: SMALL,
    example: { name: 'Phone' },
    success: {
      status: 201,
      description: 'The factor, with its secret',
      body: EnrolledFactor,
      example: {
        ...exampleFactor,
        confirmed: false,
        lastUsedAt: null,
        secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
        uri: 'otpauth://totp/Tocsin:ana?issuer=Tocsin&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30',
      },
    },
    problems: { 403: ['auth.people_only'], 404: ['session.not_found'], 409: ['factor.too_many'] },
  },
  confirmTotp: {
    method: 'POST',
    path: '/api/auth/factors/{id}/confirm',
    session: true,
    params: { id: pathId('fct', 'factor', 'second factor') },
    summary: 'Confirm a second factor by its first code',
    description:
      'From then on a login needs a code. All other sessions of the caller end, and this one goes on with the pair in the answer. With the first factor come ten recovery codes, which only this answer shows.',
    permission: 'any',
    proof: 'always',
    body: z.strictObject({ code: TypedCode }),
    maxBodyBytes: SMALL,
    example: { code: '492039' },
    success: {
      status: 200,
      description: 'The pair with which this session continues, and the recovery codes',
      body: ConfirmedFactor,
      example: { ...exampleTokens, recoveryCodes: ['7h2k-9xqa-m3vd-c8rt'] },
    },
    problems: {
      403: ['factor.wrong_code', 'auth.people_only'],
      404: ['session.not_found', 'factor.not_found'],
      409: ['user.changed'],
      429: ['auth.locked'],
    },
  },
  beginPasskey: {
    method: 'POST',
    path: '/api/auth/factors/passkeys/options',
    summary: 'Get the options to make a passkey',
    description:
      'The options are those of `navigator.credentials.create`, in JSON (WebAuthn Level 3 section 5.1). Their challenge counts once, for five minutes, in this session. No attestation is asked for.',
    permission: 'any',
    proof: 'always',
    success: { status: 200, description: 'The options', body: PasskeyOptions, example: examplePasskeyOptions },
    problems: { 403: ['auth.people_only'], 404: ['session.not_found'], 409: ['factor.too_many'] },
  },
  addPasskey: {
    method: 'POST',
    path: '/api/auth/factors/passkeys',
    summary: 'Add a passkey',
    description:
      'It counts at once, as a second factor and instead of a password. All other sessions of the caller end, and this one goes on with the pair in the answer. With the first factor come ten recovery codes, which only this answer shows.',
    permission: 'any',
    session: true,
    proof: 'always',
    body: z.strictObject({ name: FactorName, answer: NewPasskeyAnswer }),
    maxBodyBytes: SMALL,
    example: { name: 'Laptop', answer: exampleNewPasskey },
    success: {
      status: 200,
      description: 'The pair with which this session continues, and the recovery codes',
      body: ConfirmedFactor,
      example: { ...exampleTokens, recoveryCodes: ['7h2k-9xqa-m3vd-c8rt'] },
    },
    problems: {
      403: ['auth.people_only'],
      404: ['session.not_found'],
      409: ['factor.too_many', 'factor.exists', 'user.changed'],
      422: ['passkey.refused'],
    },
  },
  removeFactor: {
    method: 'DELETE',
    path: '/api/auth/factors/{id}',
    params: { id: pathId('fct', 'factor', 'second factor') },
    summary: 'Remove one of my second factors',
    permission: 'any',
    proof: 'always',
    success: { status: 204, description: 'The factor is removed' },
    problems: {
      403: ['auth.people_only'],
      404: ['session.not_found', 'factor.not_found'],
      409: ['factor.needed'],
    },
  },
  renewRecoveryCodes: {
    method: 'POST',
    path: '/api/auth/recovery-codes',
    answersSecret: true,
    summary: 'Replace my recovery codes',
    description: 'Each code logs in once, in place of a code of the app. The earlier ones are void.',
    permission: 'any',
    proof: 'always',
    success: {
      status: 201,
      description: 'Ten codes, which only this answer shows',
      body: RecoveryCodes,
      example: { recoveryCodes: ['7h2k-9xqa-m3vd-c8rt'] },
    },
    problems: { 403: ['auth.people_only'], 404: ['session.not_found'], 409: ['factor.missing'] },
  },
  getJwks: {
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'Get the public signing keys',
    permission: 'public',
    success: {
      status: 200,
      description: 'A JSON Web Key Set, RFC 7517',
      example: { keys: [{ kty: 'RSA', kid: '1', n: 'u1SU1LfVLPHCozMxH2Mo', e: 'AQAB', alg: 'RS256', use: 'sig' }] },
    },
    throttle: { requestsPerSecond: 50, burst: 100 },
  },
  listUsers: {
    method: 'GET',
    path: '/api/users',
    summary: 'List users',
    permission: 'identity.user.read',
    query: Page,
    success: {
      status: 200,
      description: 'A page of users',
      body: pageOf(User),
      example: { items: [exampleUser], next: null },
    },
    problems: { 400: ['cursor.invalid'] },
  },
  createUser: {
    method: 'POST',
    path: '/api/users',
    answersSecret: true,
    summary: 'Create a user',
    description: 'Without a password one is generated, shown once, and must be changed at the first login.',
    permission: 'identity.user.write',
    proof: 'two-factor',
    body: CreateUser,
    example: { username: 'ana', displayName: 'Ana Novak', roles: ['operator'] },
    success: {
      status: 201,
      description: 'The user, with the generated password',
      body: UserWithPassword,
      example: { ...exampleUser, password: 'W3xV0n1bJq8yT5uLr2kZp7Ma' },
    },
    problems: {
      403: ['auth.escalation'],
      409: ['user.name_taken'],
      422: ['role.unknown', 'password.too_short', 'password.common'],
    },
  },
  listPeople: {
    method: 'GET',
    path: '/api/people',
    summary: 'List people by name',
    description: 'Everybody who reads on-call schedules sees the names of their colleagues. Roles are in `/api/users`.',
    permission: 'oncall.read',
    query: Page,
    success: {
      status: 200,
      description: 'A page of people, oldest first',
      body: pageOf(Person),
      example: {
        items: [{ id: exampleUser.id, username: 'ana', displayName: 'Ana Novak', status: 'active' }],
        next: null,
      },
    },
    problems: { 400: ['cursor.invalid'] },
  },
  getUser: {
    method: 'GET',
    path: '/api/users/{id}',
    params: { id: userId },
    summary: 'Get a user',
    permission: 'identity.user.read',
    success: { status: 200, description: 'The user', body: User, example: exampleUser },
    problems: { 404: ['user.not_found'] },
  },
  changeUser: {
    method: 'PATCH',
    path: '/api/users/{id}',
    params: { id: userId },
    summary: 'Change a user',
    description:
      'New roles apply within a minute. Disabling a user, resetting their password or removing their second factors also ends their sessions. With `version`, a change of another version is refused.',
    permission: 'identity.user.write',
    proof: 'two-factor',
    body: ChangeUser,
    example: { roles: ['developer'], version: 1 },
    success: { status: 200, description: 'The user', body: UserWithPassword, example: exampleUser },
    problems: {
      403: ['auth.escalation'],
      404: ['user.not_found'],
      409: ['user.changed', 'user.last_admin'],
      422: ['role.unknown'],
    },
  },
  deleteUser: {
    method: 'DELETE',
    path: '/api/users/{id}',
    params: { id: userId },
    summary: 'Delete a user',
    permission: 'identity.user.write',
    proof: 'two-factor',
    success: { status: 204, description: 'The user is deleted' },
    problems: {
      403: ['auth.escalation'],
      404: ['user.not_found'],
      409: ['user.changed', 'user.last_admin'],
    },
  },
  listRoles: {
    method: 'GET',
    path: '/api/roles',
    summary: 'List roles, built in and custom',
    permission: 'identity.role.read',
    success: {
      status: 200,
      description: 'All roles',
      body: pageOf(Role),
      example: { items: [exampleRole], next: null },
    },
  },
  createRole: {
    method: 'POST',
    path: '/api/roles',
    summary: 'Create a custom role',
    permission: 'identity.role.write',
    proof: 'two-factor',
    body: CreateRole,
    example: { name: 'night-shift', ...roleBody },
    success: { status: 201, description: 'The role', body: Role, example: exampleRole },
    problems: {
      403: ['auth.escalation'],
      409: ['role.exists', 'role.changed', 'role.too_many'],
      422: ['role.unknown', 'role.cycle'],
    },
  },
  replaceRole: {
    method: 'PUT',
    path: '/api/roles/{name}',
    params: { name: roleName },
    summary: 'Replace a custom role',
    description: 'Users with the role have the new permissions within a minute.',
    permission: 'identity.role.write',
    proof: 'two-factor',
    body: ReplaceRole,
    example: roleBody,
    success: { status: 200, description: 'The role', body: Role, example: exampleRole },
    problems: {
      403: ['auth.escalation', 'role.built_in'],
      404: ['role.not_found'],
      409: ['role.changed'],
      422: ['role.unknown', 'role.cycle'],
    },
  },
  deleteRole: {
    method: 'DELETE',
    path: '/api/roles/{name}',
    params: { name: roleName },
    summary: 'Delete a custom role that is not in use',
    permission: 'identity.role.write',
    proof: 'two-factor',
    success: { status: 204, description: 'The role is deleted' },
    problems: {
      403: ['auth.escalation', 'role.built_in'],
      404: ['role.not_found'],
      409: ['role.in_use', 'role.changed'],
    },
  },
  listApiKeys: {
    method: 'GET',
    path: '/api/api-keys',
    summary: 'List machine keys with their last use',
    permission: 'identity.apikey.read',
    query: Page,
    success: {
      status: 200,
      description: 'A page of machine keys',
      body: pageOf(ApiKey),
      example: { items: [exampleKey], next: null },
    },
    problems: { 400: ['cursor.invalid'] },
  },
  createApiKey: {
    method: 'POST',
    path: '/api/api-keys',
    answersSecret: true,
    summary: 'Create a machine key',
    description:
      'The key is shown once. It has no permission that its maker lacks. It expires after a year, where the request does not say otherwise, and may be used from the given networks alone.',
    permission: 'identity.apikey.write',
    proof: 'two-factor',
    body: CreateApiKey,
    example: { name: 'prometheus', permissions: ['integrations.ingest'], expiresInDays: 365 },
    success: {
      status: 201,
      description: 'The machine key, with the key itself',
      body: ApiKeyWithSecret,
      example: { ...exampleKey, key: 'tsk_01jd3v8m2k7q4xh2g8vq0p1m9dXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX' },
    },
    problems: { 403: ['auth.escalation'], 422: ['apikey.expired'] },
  },
  revokeApiKey: {
    method: 'DELETE',
    path: '/api/api-keys/{id}',
    params: { id: pathId('key', 'apikey', 'machine key') },
    summary: 'Revoke a machine key',
    description:
      'The key is refused within a minute, which the header `Tocsin-Effective-Within` of the answer says in seconds. A caller revokes only keys whose permissions the caller has.',
    permission: 'identity.apikey.write',
    proof: 'two-factor',
    success: { status: 204, description: 'The key is revoked' },
    problems: { 403: ['auth.escalation'], 404: ['apikey.not_found'] },
  },
  getSecurityStatus: {
    method: 'GET',
    path: '/api/security/status',
    summary: 'Get the security status with findings to review',
    permission: 'security.status.read',
    success: {
      status: 200,
      description: 'Sessions, failed logins, locks, key ages and findings',
      body: SecurityStatus,
      example: {
        at: '2026-11-21T03:00:00.000Z',
        users: { active: 3, disabled: 0, administrators: 1 },
        sessions: 4,
        failedLogins24h: 2,
        lockOuts: 0,
        apiKeys: 1,
        signingKey: { activeSince: '2026-11-20T03:00:00.000Z', ageDays: 1 },
        findings: [{ code: 'apikey.never_expires', severity: 'info', detail: 'Machine keys that never expire: ci.' }],
        complete: true,
      },
    },
  },
  getAccessReport: {
    method: 'GET',
    path: '/api/security/access-report',
    summary: 'Report who can page, who can silence, and who did not log in for ninety days',
    description:
      'Active users and machine keys, by what their roles and permissions grant at this moment. The keys of integrations, which can send events, are at /api/integrations.',
    permission: 'security.audit.read',
    success: {
      status: 200,
      description: 'Users and machine keys by what they can do',
      body: AccessReport,
      example: {
        at: '2026-11-21T03:00:00.000Z',
        canPage: [
          {
            kind: 'user',
            id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d',
            name: 'ana',
            roles: ['admin'],
            lastSeenAt: '2026-11-21T02:00:00.000Z',
          },
        ],
        canSilence: [],
        idle: [],
        complete: true,
      },
    },
  },
});
