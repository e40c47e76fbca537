/** A Tocsin as a caller sees it: JSON over HTTP. Every call throws when the answer is not the expected status. */
export interface TocsinClient {
  get<T>(path: string): Promise<T>;
  /** An answer that is no JSON. */
  text(path: string): Promise<string>;
  post<T>(path: string, body: unknown, status?: number): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  patch<T>(path: string, body: unknown): Promise<T>;
  remove(path: string): Promise<void>;
}

interface Login {
  readonly accessToken: string;
  readonly passwordChangeRequired?: boolean;
}

/** A caller of the Tocsin at `base` who sends `headers` with every request. */
export function tocsinClient(base: string, headers: Readonly<Record<string, string>> = {}): TocsinClient {
  const text = async (
    method: string,
    path: string,
    body: unknown,
    expected: (status: number) => boolean,
  ): Promise<string> => {
    const response = await fetch(base + path, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const answer = await response.text();
    if (!expected(response.status))
      throw new Error(`${method} ${path} answered ${response.status}: ${sentenceOf(answer)}`);
    return answer;
  };
  const call = async <T>(...request: Parameters<typeof text>): Promise<T> => {
    const answer = await text(...request);
    return (answer === '' ? undefined : JSON.parse(answer)) as T;
  };
  const success = (status: number): boolean => status >= 200 && status < 300;
  return {
    get: (path) => call('GET', path, undefined, success),
    text: (path) => text('GET', path, undefined, success),
    post: (path, body, status) => call('POST', path, body, status === undefined ? success : (got) => got === status),
    put: (path, body) => call('PUT', path, body, success),
    patch: (path, body) => call('PATCH', path, body, success),
    remove: (path) => call('DELETE', path, undefined, success),
  };
}

/** Logs in and gives the headers that make a request that user's. Throws when the password must be changed first. */
export async function logIn(
  base: string,
  username: string,
  password: string,
): Promise<{ readonly authorization: string }> {
  const login = await tocsinClient(base).post<Login>('/api/auth/login', { username, password });
  if (login.passwordChangeRequired) throw new Error(`${username} must change the password first`);
  return { authorization: `Bearer ${login.accessToken}` };
}

/**
 * Logs in with a generated first password, sees that the session can do nothing but change it, changes it, and logs in
 * again.
 */
export async function logInFirst(
  base: string,
  username: string,
  generated: string,
  chosen: string,
): Promise<{ readonly authorization: string }> {
  const first = await tocsinClient(base).post<Login>('/api/auth/login', { username, password: generated });
  if (first.passwordChangeRequired !== true) throw new Error('a generated password can be kept');
  const restricted = tocsinClient(base, { authorization: `Bearer ${first.accessToken}` });
  await restricted.post('/api/monitoring/alerts', { title: 'too early', severity: 'info' }, 403);
  await restricted.post('/api/auth/password', { currentPassword: generated, newPassword: chosen });
  return logIn(base, username, chosen);
}

/** The detail of a problem document; of another answer its beginning. */
function sentenceOf(answer: string): string {
  try {
    const { detail } = JSON.parse(answer) as { readonly detail?: unknown };
    if (typeof detail === 'string') return detail;
  } catch {
    // No JSON: it is shown as it came.
  }
  return answer.slice(0, 500);
}
