/*
 * A change that is submitted twice, by a double click or because its answer was lost, is carried out once: both requests have the same
 * `Idempotency-Key`.
 */

/** A POST that asks and changes nothing needs no key. The routes of sessions take none. */
const WITHOUT_KEY = /^\/api\/auth\/|\/(?:preview|try|test|queries|collect)$/;
const LONGEST_WAIT_MS = 3_000;

type Send = (request: Request) => Promise<Response>;

const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(20)), (byte) => byte.toString(16).padStart(2, '0')).join('');

const isUnderWay = async (response: Response): Promise<boolean> => {
  if (response.status !== 409) return false;
  const problem = (await response
    .clone()
    .json()
    .catch(() => ({}))) as { readonly code?: string };
  return problem.code === 'idempotency.in_progress';
};

/** Gives equal changes that are under way at once one key, and a change whose answer was lost its key again, until another change is answered. */
export const requestKeys = (wait: (ms: number) => Promise<void>) => {
  const known = new Map<string, { readonly key: string; underWay: number }>();
  const forgetLost = (): void => {
    for (const [what, { underWay }] of known) if (underWay === 0) known.delete(what);
  };
  return async (request: Request, send: Send): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (request.method === 'GET') return send(request);
    if (request.method !== 'POST' || WITHOUT_KEY.test(pathname)) {
      const response = await send(request);
      if (request.method !== 'POST') forgetLost();
      return response;
    }
    const what = `${pathname} ${await request.clone().text()}`;
    const entry = known.get(what) ?? { key: newKey(), underWay: 0 };
    known.set(what, entry);
    entry.underWay += 1;
    try {
      for (;;) {
        const attempt = request.clone();
        attempt.headers.set('idempotency-key', entry.key);
        const response = await send(attempt);
        if (await isUnderWay(response)) {
          const seconds = Number(response.headers.get('retry-after') ?? 1);
          await wait(Math.min(seconds * 1000, LONGEST_WAIT_MS));
          continue;
        }
        if (response.status < 500) {
          if (known.get(what) === entry) known.delete(what);
          forgetLost();
        }
        return response;
      }
    } finally {
      entry.underWay -= 1;
    }
  };
};
