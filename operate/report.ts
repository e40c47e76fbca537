/** What a command found out about one thing, and what to do about it. */
export interface Finding {
  readonly verdict: 'ok' | 'warning' | 'failed' | 'unknown';
  /** What was found, in a few words. */
  readonly found: string;
  /** What to do about it. */
  readonly todo?: string;
}

/** One line of a command's table. */
export interface Check {
  readonly name: string;
  /** Rejects where it cannot find out. */
  run(): Promise<Finding>;
  /** What to do where it rejects. */
  readonly todo?: string;
}

const SIGNS = { ok: '✔', warning: '!', failed: '✘', unknown: '?' } as const;

/** A line of the table, with what to do below it. */
export const lineOf = (name: string, { verdict, found, todo }: Finding, width: number): string =>
  [`${SIGNS[verdict]} ${name.padEnd(width)}  ${found}`, ...(todo === undefined ? [] : [`    → ${todo}`])].join('\n');

/**
 * Finds out one thing after the other and prints each line at once. Answers how many of each verdict there were. In a chain
 * each check builds on those before: what rejects has failed, and nothing after it is tried.
 */
export const report = async (
  checks: readonly Check[],
  print: (line: string) => void,
  { isChain = false } = {},
): Promise<Readonly<Record<Finding['verdict'], number>>> => {
  const width = Math.max(0, ...checks.map(({ name }) => name.length));
  const counts = { ok: 0, warning: 0, failed: 0, unknown: 0 };
  for (const { name, run, todo } of checks) {
    const isReached = !isChain || counts.failed === 0;
    const finding = isReached
      ? await run().catch((error: unknown) => rejected(error, isChain ? 'failed' : 'unknown', todo))
      : ({ verdict: 'unknown', found: 'not reached' } as const);
    counts[finding.verdict]++;
    print(lineOf(name, finding, width));
  }
  return counts;
};

const rejected = (error: unknown, verdict: 'failed' | 'unknown', todo: string | undefined): Finding => ({
  verdict,
  found: messageOf(error),
  ...(todo !== undefined && { todo }),
});

/** What an error says, with what caused it where its own message tells nothing. */
const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const said = error.message === 'fetch failed' && error.cause instanceof Error ? error.cause.message : error.message;
  return error.name === 'Error' || error.name === 'TypeError' ? said : `${error.name}: ${said}`;
};
