import { newSecret, sha256 } from '../../shared/kernel/ids.ts';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { vi } from 'vitest';
import { compilePolicy } from '../../local/emulator/gateway/policy.ts';
import { authorizer, type AuthorizerAnswer } from '../../functions/auth/authorizer/authorize.ts';
import { AUTH_TABLE_SHAPE } from '../../functions/auth/table.ts';
import type { GatewayRoute } from '../../functions/auth/authorizer/policy.ts';
import type { Route, Routes } from '../../shared/http/route.ts';
import { table as dynamoTable } from '../../shared/aws/dynamo.ts';
import { startDynamo, testCredentials, type TestDynamo } from './dynamo.ts';
import { startSecrets, type TestSecrets } from './secrets.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // The tests say what they expect of it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export interface Call {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ip?: string;
  readonly userAgent?: string;
}

export interface TestAuth {
  readonly db: TestDynamo;
  readonly secrets: TestSecrets;
  readonly table: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A request as the gateway would carry it out: authorizer, policy, handler. Nothing is cached between two. */
  call(route: `${Route['method']} /${string}`, call?: Call): Promise<Answer>;
  /** The authorizer's answer for a bearer value; rejects as it does. A fresh container each time unless one is given. */
  authorize(bearer: string, methodArn?: string, container?: Container): Promise<AuthorizerAnswer>;
  /** A container of the authorizer; it asks by this client where one is given. */
  container(client?: DynamoDBClient): Container;
  /** Moves the clock of everything in this process. */
  advance(seconds: number): void;
  /** The first administrator's access token. Their password is `ADMIN_PASSWORD`. */
  admin(): Promise<string>;
  /** A user with these roles, logged in. */
  user(roles: readonly string[], more?: object): Promise<TestUser>;
  stop(): Promise<void>;
}

export interface TestUser {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

export type Container = ReturnType<typeof authorizer>;

export const ADMIN_PASSWORD = 'tumbling gravel under seven boots';
/** What the edge sends along. */
export const EDGE_KEY = 'edge'.repeat(12);
export const ISSUER = 'https://tocsin.test';
/** What the stage of the gateway says of itself. */
export const PUBLIC_URL = 'https://pager.example.com/';
export const AUDIENCE = 'tocsin-test';
const STAGE_ARN = 'arn:aws:execute-api:eu-central-1:111122223333:abcdef1234/test';

type Entry = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/**
 * The auth context with its real entry, an embedded database and a Parameter Store of its own. Time is the test's:
 * `Date` stands still until `advance`. To be called in `beforeAll`, before anything imports `functions/auth/http.ts`.
 */
export const startAuth = async (
  options: { readonly firstAdmin?: object; readonly environment?: Record<string, string> } = {},
): Promise<TestAuth> => {
  const [db, secrets] = await Promise.all([
    startDynamo(),
    startSecrets({
      '/first-login': JSON.stringify(
        options.firstAdmin ?? { username: 'admin', password: ADMIN_PASSWORD, passwordChangeRequired: false },
      ),
      '/data-key/1': newSecret(32),
    }),
  ]);
  const table = await db.table(AUTH_TABLE_SHAPE, 'auth');
  const environment = {
    STAGE: 'test',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: db.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    AWS_ENDPOINT_URL_SSM: secrets.endpoint,
    AUTH_TABLE: table,
    SIGNING_KEYS_PATH: '/signing-keys',
    PARAMETER_KEY: 'none',
    FIRST_LOGIN_PARAMETER: '/first-login',
    DATA_KEYS_PATH: '/data-key',
    EDGE_KEY_HASHES: sha256(EDGE_KEY),
    TOKEN_ISSUER: ISSUER,
    TOKEN_AUDIENCE: AUDIENCE,
    ACCESS_TOKEN_SECONDS: '900',
    REFRESH_TOKEN_SECONDS: '604800',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    ...options.environment,
  };
  Object.assign(process.env, environment);
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-21T03:00:00Z') });

  const { handler } = (await import('../../functions/auth/http.ts')) as { handler: Entry };
  const { routes } = (await import('../../functions/auth/routes.ts')) as { routes: Routes };
  const gatewayRoutes = gatewayRoutesOf(routes);
  const container = (client = db.client): Container =>
    authorizer({
      auth: dynamoTable(client, table),
      issuer: ISSUER,
      audience: AUDIENCE,
      accessTokenSeconds: 900,
      stage: 'test',
      routes: gatewayRoutes,
      clock: { now: () => new Date() },
    });

  const authorize: TestAuth['authorize'] = (bearer, methodArn = `${STAGE_ARN}/GET/api/auth/me`, given = container()) =>
    given({ authorizationToken: `Bearer ${bearer}`, methodArn });

  const call: TestAuth['call'] = async (route, request = {}) => {
    const [method = '', path = ''] = route.split(' ');
    const found = Object.values(routes)
      .map((candidate) => ({ candidate, params: paramsOf(candidate, method, path) }))
      .filter(({ params }) => params !== undefined)
      .sort((a, b) => a.candidate.path.split('{').length - b.candidate.path.split('{').length)[0];
    if (!found) throw new Error(`No route for ${route}`);
    let context: Readonly<Record<string, string>> | undefined;
    if (found.candidate.permission !== 'public') {
      if (request.token === undefined) return refused(401);
      const methodArn = `${STAGE_ARN}/${method}${path}`;
      try {
        const answer = await authorize(request.token, methodArn);
        if (compilePolicy(answer.policyDocument)(methodArn) !== 'allow') return refused(403);
        context = answer.context;
      } catch (error) {
        if (error instanceof Error && error.message === 'Unauthorized') return refused(401);
        throw error;
      }
    }
    const event = {
      httpMethod: method,
      resource: found.candidate.path,
      path,
      pathParameters: found.params,
      headers: {
        ...(request.body !== undefined && { 'content-type': 'application/json' }),
        ...request.headers,
      },
      multiValueQueryStringParameters: Object.fromEntries(
        Object.entries(request.query ?? {}).map(([name, value]) => [name, [value]]),
      ),
      body:
        request.body === undefined
          ? null
          : typeof request.body === 'string'
            ? request.body
            : JSON.stringify(request.body),
      isBase64Encoded: false,
      stageVariables: { publicUrl: PUBLIC_URL },
      requestContext: {
        requestId: 'request-1',
        identity: { sourceIp: request.ip ?? '192.0.2.1', userAgent: request.userAgent ?? 'vitest' },
        authorizer: context,
      },
    } as unknown as APIGatewayProxyEvent;
    const result = await handler(event, { functionName: 'auth', awsRequestId: 'r' } as Context);
    return {
      status: result.statusCode,
      headers: (result.headers ?? {}) as Record<string, string>,
      body: result.body ? JSON.parse(result.body) : undefined,
    };
  };

  const login = (username: string, password: string) =>
    call('POST /api/auth/login', { body: { username, password }, ip: nextAddress() });

  let adminToken: { token: string; at: number } | undefined;
  const admin: TestAuth['admin'] = async () => {
    if (!adminToken || Date.now() - adminToken.at > 600_000) {
      const answer = await login('admin', ADMIN_PASSWORD);
      if (answer.status !== 200) throw new Error(`The administrator cannot log in: ${JSON.stringify(answer.body)}`);
      adminToken = { token: answer.body.accessToken as string, at: Date.now() };
    }
    return adminToken.token;
  };

  let users = 0;
  const user: TestAuth['user'] = async (roles, more = {}) => {
    const username = `user-${++users}`;
    const password = `quiet lantern number ${users} of many`;
    const made = await call('POST /api/users', { token: await admin(), body: { username, password, roles, ...more } });
    if (made.status !== 201) throw new Error(`No user: ${JSON.stringify(made.body)}`);
    const answer = await login(username, password);
    return {
      id: made.body.id as string,
      username,
      password,
      accessToken: answer.body.accessToken as string,
      refreshToken: answer.body.refreshToken as string,
    };
  };

  return {
    db,
    secrets,
    table,
    environment,
    call,
    authorize,
    container,
    admin,
    user,
    advance: (seconds) => void vi.setSystemTime(Date.now() + seconds * 1000),
    stop: async () => {
      vi.useRealTimers();
      await Promise.all([db.stop(), secrets.stop()]);
    },
  };
};

let addresses = 0;
/** An address that no other test has come from. */
export const nextAddress = (): string => `198.51.${Math.floor(++addresses / 250)}.${addresses % 250}`;

const gatewayRoutesOf = (routes: Routes): GatewayRoute[] =>
  Object.values(routes).map(({ method, path, permission, whileRestricted }) => [
    method,
    path,
    permission,
    whileRestricted ?? false,
  ]);

const paramsOf = (route: Route, method: string, path: string): Record<string, string> | undefined => {
  if (route.method !== method) return undefined;
  const pattern = route.path.replace(/[.]/g, '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  const match = new RegExp(`^${pattern}$`).exec(path);
  return match ? { ...match.groups } : undefined;
};

const refused = (status: number): Answer => ({ status, headers: {}, body: undefined });
