let held = 0;
let broken = 0;

/**
 * Prints a budget beside what this machine measures, against a baseline of the same run. `gate` is what must hold even on a
 * noisy machine, and fails the run where it does not: docs/adr/0024-what-the-bench-holds.md.
 */
export const row = (what: string, measured: string, budget: string, ok: boolean, gate: boolean): void => {
  const verdict = ok ? 'ok' : gate ? 'misses its budget' : 'MISSES ITS GATE';
  process.stdout.write(`${what.padEnd(42)} ${measured.padEnd(34)} ${budget.padEnd(18)} ${verdict}\n`);
  if (gate) held++;
  else broken++;
};

/** How many rows held their gates, and how many did not. */
export const verdicts = (): { readonly held: number; readonly broken: number } => ({ held, broken });

export const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? NaN;
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Milliseconds that a piece of work takes. */
export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};

/** Operations a second, `lanes` at a time. */
export const rate = async (count: number, lanes: number, work: (n: number) => Promise<unknown>): Promise<number> => {
  let n = 0;
  const lane = async (): Promise<void> => {
    while (n < count) await work(n++);
  };
  const spent = await timed(() => Promise.all(Array.from({ length: lanes }, lane)));
  return (count / spent) * 1000;
};
