import { administratorPassword } from '../../local/tocsin/administrator.ts';
import { startRuntime, type Runtime } from '../../local/emulator/runtime.ts';
import { standIns } from '../../local/tocsin/stand-ins/stand-ins.ts';
import { devAssembly } from './dev-assembly.ts';
import { unexplained } from './receipts.ts';

export interface Answer<T = unknown> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
}

/** A caller over HTTP; answers of every status come back as they are. */
export interface Client {
  call<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>>;
  get<T = unknown>(path: string): Promise<Answer<T>>;
  post<T = unknown>(path: string, body?: unknown): Promise<Answer<T>>;
}

export interface Tocsin {
  readonly runtime: Runtime;
  readonly url: string;
  /** Somebody who sends these headers. */
  as(headers?: Readonly<Record<string, string>>): Client;
  /** Somebody who has just logged in. */
  login(username: string, password: string): Promise<Client>;
  /** The administrator, whose session is renewed when the clock has passed its end. */
  admin(): Promise<Client>;
  /** A new user with these roles, who has a password of their own. */
  user(username: string, roles: readonly string[]): Promise<Client>;
  /** Moves the clock, which goes forward only, and waits until all that became due is done. */
  pass(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

export const ADMIN_PASSWORD = 'a bell in the night wakes one';

/** The password that `Tocsin.user` chooses for somebody. */
export const passwordOf = (username: string): string => `the long way home of ${username}`;

/**
 * The whole product in memory, from its synthesised template, for the tests of one file. Each function is held to its role,
 * and each service can be made to fail; `dynamoFront: false` spares the hop that this costs at DynamoDB. `startsAt` is when the
 * clock begins, which must not be in the past. `concurrency` is the number of executions that the account has at the same time.
 */
export const startTocsin = async (
  options: {
    readonly dynamoFront?: boolean;
    readonly maxEnvironments?: number;
    readonly startsAt?: Date;
    readonly concurrency?: number;
    /** Receives what functions write to their logs. */
    readonly onOutput?: (functionName: string, text: string) => void;
    /** Options of the deployment. */
    readonly options?: Readonly<Record<string, string>>;
  } = {},
): Promise<Tocsin> => {
  const assembly = await devAssembly(options.options);
  const runtime = await startRuntime({
    assembly: assembly.directory,
    stage: 'dev',
    application: standIns,
    parameters: administratorPassword('dev', ADMIN_PASSWORD),
    maxEnvironments: options.maxEnvironments ?? 2,
    concurrency: options.concurrency,
    // A start costs more time than memory.
    restingEnvironments: 100,
    ...(options.onOutput && { onOutput: options.onOutput }),
    ...(options.dynamoFront !== undefined && { dynamoFront: options.dynamoFront }),
    ...(options.startsAt && { aheadMs: options.startsAt.getTime() - Date.now() }),
  });
  /** The ids of all events that clients of this product were answered. */
  const events: string[] = [];
  const as = (headers: Readonly<Record<string, string>> = {}): Client => clientOf(runtime.url, headers, events);
  const login = async (username: string, password: string): Promise<Client> => {
    const { status, body } = await as().post<{ accessToken: string }>('/api/auth/login', { username, password });
    if (status !== 200) throw new Error(`${username} cannot log in: ${status} ${JSON.stringify(body)}`);
    return as({ authorization: `Bearer ${body.accessToken}` });
  };
  let lastingAdmin: Promise<Client> | undefined;
  const admin = (): Promise<Client> => (lastingAdmin ??= lasting(() => login('admin', ADMIN_PASSWORD)));
  return {
    runtime,
    url: runtime.url,
    as,
    login,
    admin,
    user: async (username, roles) => {
      const made = await (await admin()).post<{ password: string }>('/api/users', { username, roles });
      if (made.status !== 201) throw new Error(`${username} was not made: ${JSON.stringify(made.body)}`);
      const first = await login(username, made.body.password);
      const chosen = passwordOf(username);
      const changed = await first.post('/api/auth/password', {
        currentPassword: made.body.password,
        newPassword: chosen,
      });
      if (changed.status >= 300) throw new Error(`${username} keeps the password: ${JSON.stringify(changed.body)}`);
      return login(username, chosen);
    },
    pass: async (seconds) => {
      await runtime.clock.advance(seconds * 1000);
      await runtime.idle();
    },
    stop: async () => {
      // Every event that a test sent has a receipt that explains it whole.
      const gaps = events.length === 0 ? [] : await unexplained(events, await admin());
      await runtime.stop();
      assembly.remove();
      if (gaps.length > 0) throw new Error(`Receipts leave out:\n${gaps.join('\n')}`);
      const refused = runtime.services.refused();
      if (refused.length > 0) throw new Error(`Roles lack what functions need:\n${refused.join('\n')}`);
    },
  };
};

/** A caller who logs in again when the session is over, because tokens expire while the clock is moved. */
export const lasting = async (login: () => Promise<Client>): Promise<Client> => {
  let client = await login();
  const call = async <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> => {
    const answer = await client.call<T>(method, path, body);
    if (answer.status !== 401) return answer;
    client = await login();
    return client.call<T>(method, path, body);
  };
  return { call, get: (path) => call('GET', path), post: (path, body) => call('POST', path, body) };
};

const clientOf = (base: string, headers: Readonly<Record<string, string>>, events: string[]): Client => {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> => {
    const response = await fetch(base + path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const event = response.headers.get('tocsin-event-id');
    if (event) events.push(event);
    return { status: response.status, headers: response.headers, body: (text ? parsed(text) : undefined) as T };
  };
  return { call, get: (path) => call('GET', path), post: (path, body) => call('POST', path, body) };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
