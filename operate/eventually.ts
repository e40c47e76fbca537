import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  readonly withinMs: number;
  readonly everyMs?: number;
}

/**
 * The first value that `look` gives without throwing. After `withinMs` it throws the last error, with what was waited
 * for in front.
 */
export async function eventually<T>(
  what: string,
  { withinMs, everyMs = 500 }: Patience,
  look: () => T | Promise<T>,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() >= deadline) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`${what}, not within ${withinMs / 1000} s: ${reason}`, { cause: error });
      }
    }
    await sleep(everyMs);
  }
}
