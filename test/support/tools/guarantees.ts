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

/** Prints the line that sums a suite up, which `.ci/run` reads, and sets the exit code of this process. */
export function conclude(suite: string, { passed, failed }: Tally): void {
  console.log(`${suite}: ${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

const seconds = (startedAt: number): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;

const indented = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/^/gm, '      ');
