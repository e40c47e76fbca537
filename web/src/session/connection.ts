import { Unreachable } from '../api/refusal.ts';
import { hearTime } from './clock.ts';

/*
 * Whether the backend answers. The last request decides. While it does not, a small request is repeated until it does, so that the
 * console heals by itself, whatever page is open.
 */

type Listener = () => void;

const RETRY_MS = 3_000;
const PROBE = '/.well-known/jwks.json';
const listeners = new Set<Listener>();
let lostAt: number | undefined;

const change = (next: number | undefined): void => {
  if (next === lostAt) return;
  lostAt = next;
  for (const listener of listeners) listener();
};

const probe = async (): Promise<void> => {
  try {
    await reach(PROBE, { cache: 'no-store' });
  } catch {
    setTimeout(() => void probe(), RETRY_MS);
  }
};

// A phone that comes out of a tunnel need not wait.
window.addEventListener('online', () => {
  if (lostAt !== undefined) void reach(PROBE, { cache: 'no-store' }).catch(() => undefined);
});

/** A gateway answers these by itself while nothing behind it does. */
const isAway = ({ status, headers }: Response): boolean =>
  (status === 502 || status === 503 || status === 504) && !(headers.get('content-type') ?? '').includes('problem');

/** Fetches, and rejects with `Unreachable` where no answer of the backend comes. */
export const reach = async (input: Request | string, init?: RequestInit): Promise<Response> => {
  let response: Response;
  try {
    response = await fetch(input, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    lost();
    throw new Unreachable('no answer', { cause: error });
  }
  if (isAway(response)) {
    lost();
    throw new Unreachable(`status ${response.status}`);
  }
  change(undefined);
  hearTime(response);
  return response;
};

const lost = (): void => {
  if (lostAt !== undefined) return;
  change(performance.now());
  setTimeout(() => void probe(), RETRY_MS);
};

export const connection = {
  subscribe: (listener: Listener): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
  isLost: (): boolean => lostAt !== undefined,
};
