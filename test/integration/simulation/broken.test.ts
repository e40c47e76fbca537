import '../../simulation/quiet.ts';
import { describe, expect, test } from 'vitest';
import { catches, caughtAt, SCENARIOS, SUSPECTS } from '../../simulation/scenarios.ts';

const MOST_RUNS = 500;

/** The first broken builds of each scenario; `npm run simulate -- --broken`, which `.ci/run` runs as well, has all of them caught. */
const SOME = Object.keys(SCENARIOS).flatMap((scenario) => SUSPECTS.filter(({ name }) => name === scenario).slice(0, 3));

// `npm run simulate -- --broken --remember` notes at which seed each is caught, so that most take one run.
describe('the simulation catches a build in which', () => {
  test.each(SOME.map((suspect) => [`${suspect.build} (${suspect.name})`, suspect] as const))(
    '%s',
    async (_name, suspect) => {
      if (suspect.knownSeed !== undefined && (await catches(suspect, suspect.knownSeed))) return;
      expect(await caughtAt(suspect, 1, MOST_RUNS), `${MOST_RUNS} runs passed`).toBeDefined();
    },
  );
});
