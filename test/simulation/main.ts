import './quiet.ts';
import { parseArgs } from 'node:util';
import { bell, type Verdict } from './bell.ts';
import { night } from './night.ts';
import { sessions } from './sessions.ts';
import { watch } from './watch.ts';
import { weatherOf } from './world/weather.ts';
import type { Weather } from './world/world.ts';

// npm run simulate -- --runs 1000 --seed 7: so many runs from that seed on. --seconds 180 ends it then. Exits 1 where one failed.

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    seconds: { type: 'string' },
    scenario: { type: 'string' },
  },
});

const wholeNumber = (name: string, text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  console.error(`--${name} takes a whole number, not "${text}". Example: npm run simulate -- --runs 1000 --seed 7`);
  process.exit(2);
};

const SCENARIOS: Readonly<Record<string, (seed: number, weather: Weather) => Promise<Verdict>>> = {
  bell,
  night,
  sessions,
  watch,
};

const runs = wholeNumber('runs', values.runs);
const first = values.seed === undefined ? Math.floor(Math.random() * 1e8) : wholeNumber('seed', values.seed);
const seconds = values.seconds === undefined ? Infinity : wholeNumber('seconds', values.seconds);
const chosen = Object.entries(SCENARIOS).filter(([name]) => values.scenario === undefined || name === values.scenario);
if (chosen.length === 0) {
  console.error(`There is no scenario ${values.scenario}. Scenarios are ${Object.keys(SCENARIOS).join(', ')}.`);
  process.exit(2);
}

const PROGRESS_MS = 15_000;
const startedAt = performance.now();
let toldAt = startedAt;
let done = 0;
let failed = 0;
console.log(`simulating ${runs} runs from seed ${first}`);
for (let seed = first; done < runs && performance.now() - startedAt < seconds * 1000; seed++, done++) {
  for (const [name, simulate] of chosen) {
    const { failures } = await simulate(seed, weatherOf(seed));
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
process.exitCode = failed > 0 ? 1 : 0;
