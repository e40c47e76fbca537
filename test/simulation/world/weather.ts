import { CALM, type Weather } from './world.ts';

/** Some of everything. */
export const FOUL: Weather = {
  dies: 0.03,
  refuses: 0.05,
  losesAnswer: 0.03,
  dawdles: 0.05,
  repeats: 0.05,
  skewMs: 500,
};

const WEATHERS: readonly Weather[] = [
  CALM,
  { ...CALM, repeats: 0.2, dawdles: 0.1 },
  { ...CALM, refuses: 0.2, losesAnswer: 0.1, skewMs: 200 },
  { ...CALM, dies: 0.1 },
  FOUL,
];

/** From fair to foul, by seed, so that a failure is also looked for where little else goes wrong. */
export const weatherOf = (seed: number): Weather => WEATHERS[seed % WEATHERS.length] ?? CALM;
