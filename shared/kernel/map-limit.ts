/**
 * Runs `work` on each item, at most `limit` at once, and waits for all of them, also when some fail. Returns the outcome of
 * each, in the order of the items.
 */
export const settleLimit = async <T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> => {
  const results: PromiseSettledResult<R>[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      try {
        results[at] = { status: 'fulfilled', value: await work(items[at] as T) };
      } catch (reason) {
        results[at] = { status: 'rejected', reason };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
};

/** The same where all must succeed: returns the results, or, once all have ended, throws the first failure in their order. */
export const mapLimit = async <T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<R[]> =>
  (await settleLimit(items, limit, work)).map((ended) => {
    if (ended.status === 'rejected') throw ended.reason;
    return ended.value;
  });
