import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { repository } from './tools/paths.ts';

/** Where durations are written down. */
export const DURATIONS = join(repository, 'test/support/durations.json');

/** Seconds that a file took when its duration was last written down, by its path from the root. */
export type Durations = Readonly<Record<string, number>>;

export const knownDurations = (): Durations => JSON.parse(readFileSync(DURATIONS, 'utf8')) as Durations;

/** What is not written down took less than what is. */
const UNKNOWN_SECONDS = 1;

/**
 * These begin. Each makes an assembly that others need, and no two of them need the same: a second file of the same assembly
 * would keep a core waiting until it is made.
 */
const MAKERS: readonly string[] = ['test/infra/stages.test.ts', 'test/scenario/alerts.test.ts'];

/**
 * Begins with the files that take longest, so that none of them is left over at the end, when one core would wait for the
 * other. The durations are in the repository, because a fresh checkout has no cache to learn them from;
 * `npm test -- --remember` writes them again.
 */
export class SlowestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const durations = knownDurations();
    const secondsOf = ({ moduleId }: TestSpecification): number => {
      const file = relative(repository, moduleId);
      return MAKERS.includes(file) ? Number.MAX_SAFE_INTEGER : (durations[file] ?? UNKNOWN_SECONDS);
    };
    return Promise.resolve([...files].sort((a, b) => secondsOf(b) - secondsOf(a)));
  }
}
