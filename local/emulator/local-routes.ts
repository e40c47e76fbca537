import type { MovableClock } from './clock.ts';
import type { LocalRoute } from './gateway/server.ts';

/**
 * `GET /_local/clock` tells the local time, `POST /_local/clock {"advanceSeconds": 3600}` moves it and answers when
 * everything that became due on the way has run. The answer names each schedule that a long move did not run every time.
 * `moved` is called after each move.
 */
export function localClockRoutes(
  clock: MovableClock,
  moved: () => void,
  takeSkipped: () => readonly object[],
): LocalRoute {
  const ahead = new Float64Array(clock.offset);
  const state = (more: object = {}): string => {
    const aheadSeconds = Math.round((ahead[0] ?? 0) / 1000);
    return JSON.stringify({ now: new Date(clock.now()).toISOString(), aheadSeconds, ...more });
  };

  return async (method, path, body) => {
    if (path.split('?', 1)[0] !== '/_local/clock') return undefined;
    if (method === 'GET') return answer(200, state());
    if (method !== 'POST') return answer(405, '{"message":"GET or POST"}');
    const seconds = readSeconds(body);
    if (seconds === undefined) {
      return answer(400, '{"message":"Send {\\"advanceSeconds\\": n}, n at least 0"}');
    }
    await clock.advance(seconds * 1000);
    moved();
    return answer(200, state({ skipped: takeSkipped() }));
  };
}

function answer(status: number, body: string): { status: number; headers: Record<string, string>; body: string } {
  return { status, headers: {}, body };
}

function readSeconds(body: string): number | undefined {
  try {
    const { advanceSeconds } = JSON.parse(body) as { advanceSeconds?: unknown };
    return typeof advanceSeconds === 'number' && advanceSeconds >= 0 && Number.isFinite(advanceSeconds)
      ? advanceSeconds
      : undefined;
  } catch {
    return undefined;
  }
}
