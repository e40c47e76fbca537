import { takeTemporaryRoot } from './temporary-root.ts';

export interface Guarantee {
  readonly title: string;
  /** Throws when the guarantee does not hold. What it gives is printed beside the title. */
  check(): Promise<string | void>;
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Checks the guarantees one after the other and prints each as it is known. With `stopAtFirst` those after a failed one
 * count as failed without being tried, for suites where each builds on the one before.
 */
export async function checkAll(guarantees: readonly Guarantee[], { stopAtFirst = false } = {}): Promise<Tally> {
  let passed = 0;
  let failed = 0;
  for (const { title, check } of guarantees) {
    if (stopAtFirst && failed > 0) {
      failed += 1;
      console.log(`  - ${title} (not reached)`);
      continue;
    }
    const startedAt = performance.now();
    try {
      const remark = await check();
      passed += 1;
      console.log(`  ✔ ${title} (${seconds(startedAt)}${remark ? `; ${remark}` : ''})`);
    } catch (error) {
      failed += 1;
      console.log(`  ✘ ${title} (${seconds(startedAt)})\n${indented(error)}`);
    }
  }
  return { passed, failed };
}

/**
 * Runs a suite and prints the line that sums it up, which `.ci/run` reads. The exit code of this process tells whether
 * something passed and nothing failed. A suite that cannot start, or throws, counts as one failure.
 */
export async function conclude(name: string, suite: () => Promise<Tally>): Promise<void> {
  takeTemporaryRoot();
  let tally: Tally = { passed: 0, failed: 1 };
  try {
    tally = await suite();
  } catch (error) {
    console.log(`  ✘ the suite itself failed\n${indented(error)}`);
  }
  console.log(`${name}: ${tally.passed} passed, ${tally.failed} failed`);
  process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1;
}

const seconds = (startedAt: number): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;

const indented = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/^/gm, '      ');
