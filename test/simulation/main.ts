import './quiet.ts';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { catches, caughtAt, SCENARIOS, SUSPECTS, type Suspect } from './scenarios.ts';
import { takeTemporaryRoot } from '../support/tools/temporary-root.ts';
import { weatherOf } from './world/weather.ts';

takeTemporaryRoot();

// npm run simulate -- --runs 1000 --seed 7: so many runs from that seed on. --seconds 180 ends it then. Exits 1 where one failed.
// npm run simulate -- --broken: has each broken build caught by the seed that was noted, or by one of so many; with --remember or
// --seed by one of so many, and --remember notes them.

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    seconds: { type: 'string' },
    scenario: { type: 'string' },
    broken: { type: 'boolean', default: false },
    remember: { type: 'boolean', default: false },
  },
});

const wholeNumber = (name: string, text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  console.error(`--${name} takes a whole number, not "${text}". Example: npm run simulate -- --runs 1000 --seed 7`);
  process.exit(2);
};

const runs = wholeNumber('runs', values.runs);
const seconds = values.seconds === undefined ? Infinity : wholeNumber('seconds', values.seconds);
const wanted = values.scenario?.split(',') ?? Object.keys(SCENARIOS);
const unknown = wanted.find((name) => !Object.hasOwn(SCENARIOS, name));
if (unknown !== undefined) {
  console.error(`There is no scenario ${unknown}. Scenarios are ${Object.keys(SCENARIOS).join(', ')}.`);
  process.exit(2);
}
const chosen = Object.entries(SCENARIOS).filter(([name]) => wanted.includes(name));
const startedAt = performance.now();

/** Runs of fresh seeds, all of which must pass. Answers how many failed. */
const play = async (): Promise<number> => {
  const PROGRESS_MS = 15_000;
  const first = values.seed === undefined ? Math.floor(Math.random() * 1e8) : wholeNumber('seed', values.seed);
  let toldAt = startedAt;
  let done = 0;
  let failed = 0;
  console.log(`simulating ${runs} runs from seed ${first}`);
  for (let seed = first; done < runs && performance.now() - startedAt < seconds * 1000; seed++, done++) {
    for (const [name, scenario] of chosen) {
      const { failures } = await scenario.play(seed, weatherOf(seed));
      if (failures.length === 0) continue;
      failed++;
      console.log(`\n${name} failed; npm run simulate -- --runs 1 --seed ${seed} --scenario ${name} plays it again`);
      for (const failure of failures) console.log(`  ${failure}`);
    }
    if (performance.now() - toldAt < PROGRESS_MS) continue;
    toldAt = performance.now();
    console.log(`${done + 1} runs, ${failed} failed`);
  }
  const took = (performance.now() - startedAt) / 1000;
  console.log(
    `${done} runs from seed ${first} in ${took.toFixed(0)} s, ${(took > 0 ? done / took : done).toFixed(0)} a second`,
  );
  console.log(`${done - failed} passed, ${failed} failed`);
  return failed;
};

/** Whether the seed that was noted catches a broken build, where no other is asked for. */
const isCaughtStill = async (suspect: Suspect): Promise<boolean> =>
  !values.remember &&
  values.seed === undefined &&
  suspect.knownSeed !== undefined &&
  (await catches(suspect, suspect.knownSeed));

/** Broken builds, each of which the seed that was noted or one of so many must catch. Answers how many were not caught. */
const search = async (): Promise<number> => {
  const first = values.seed === undefined ? 1 : wholeNumber('seed', values.seed);
  const seeds: Record<string, Record<string, number>> = {};
  let failed = 0;
  for (const suspect of SUSPECTS.filter(({ name }) => chosen.some(([each]) => each === name))) {
    const seed = (await isCaughtStill(suspect)) ? suspect.knownSeed : await caughtAt(suspect, first, runs);
    console.log(`${suspect.name}, ${suspect.build}: ${seed === undefined ? 'not caught' : `caught at ${seed}`}`);
    if (seed === undefined) failed++;
    else (seeds[suspect.name] ??= {})[suspect.build] = seed;
  }
  if (values.remember && values.scenario === undefined) {
    writeFileSync(new URL('seeds.json', import.meta.url), `${JSON.stringify(seeds, undefined, 2)}\n`);
  }
  console.log(`${SUSPECTS.length - failed} passed, ${failed} failed`);
  return failed;
};

process.exitCode = (await (values.broken ? search() : play())) > 0 ? 1 : 0;
