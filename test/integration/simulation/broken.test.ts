import '../../simulation/quiet.ts';
import { describe, expect, test } from 'vitest';
import { catches, caughtAt, SUSPECTS } from '../../simulation/scenarios.ts';

const MOST_RUNS = 500;

// `npm run simulate -- --broken --remember` notes at which seed each is caught, so that most take one run.
describe('the simulation catches a build in which', () => {
  test.each(SUSPECTS.map((suspect) => [`${suspect.build} (${suspect.name})`, suspect] as const))(
    '%s',
    async (_name, suspect) => {
      if (suspect.knownSeed !== undefined && (await catches(suspect, suspect.knownSeed))) return;
      expect(await caughtAt(suspect, 1, MOST_RUNS), `${MOST_RUNS} runs passed`).toBeDefined();
    },
  );
});
