import { checkAll, conclude, type Guarantee, type Tally } from '../support/tools/guarantees.ts';
import { lastLines } from '../support/tools/child.ts';
import { startTocsin, type Tocsin } from '../support/tools/local-run.ts';
import { launch, type Launched } from './chromium.ts';
import { configurationGuarantees } from './configuration.ts';
import { consoleGuarantees } from './console.ts';
import { dashboardGuarantees } from './dashboards.ts';
import { badDayGuarantees } from './days.ts';
import { aDesk } from './desk.ts';
import { firstHourGuarantees } from './first-hour.ts';
import { floodGuarantees } from './flood.ts';
import { keyboardGuarantees } from './keyboard.ts';
import { linkGuarantees } from './links.ts';
import { stormGuarantees } from './storm.ts';
import { aNight } from './night.ts';
import { pageGuarantees } from './pages.ts';
import { aPhone } from './phone.ts';
import { peopleGuarantees } from './people.ts';
import { readerGuarantees } from './readers.ts';
import { secondFactorGuarantees } from './second-factor.ts';
import { speedGuarantees } from './speed.ts';
import { statusGuarantees } from './status.ts';
import { viewGuarantees } from './views.ts';
import { wallGuarantees } from './wall.ts';
import { watchGuarantees } from './watch.ts';

/** Plays whose title matches; all of them without an argument. */
const titled = new RegExp(process.argv[2] ?? '', 'i');

const play = (guarantees: readonly Guarantee[]): Promise<Tally> =>
  checkAll(guarantees.filter(({ title }) => titled.test(title)));

/** Plays on an installation of their own. */
async function onTocsin(suite: string, plays: (tocsin: Tocsin) => Promise<readonly Tally[]>): Promise<Tally> {
  const tocsin = await startTocsin(suite);
  try {
    const tally = sumOf(await plays(tocsin));
    if (tally.failed > 0) console.log(`\nLast lines of Tocsin, ${suite}:\n${lastLines(tocsin.output(), 40)}`);
    return tally;
  } finally {
    await tocsin.stop();
  }
}

const sumOf = (tallies: readonly Tally[]): Tally => ({
  passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
  failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
});

/** The first hour of an installation that nobody has used before, then its bad days. At the end it has five thousand alerts. */
const fromTheFirstHour = (launched: Launched) =>
  onTocsin('browser-first-hour', async (tocsin) => {
    const desk = aDesk(launched, tocsin.url);
    return [
      await play(firstHourGuarantees({ desk, tocsin })),
      await play([
        ...(await badDayGuarantees({ desk, tocsin })),
        ...(await keyboardGuarantees({ desk, tocsin })),
        ...(await peopleGuarantees({ desk, tocsin })),
        ...(await secondFactorGuarantees({ desk, tocsin })),
        ...(await configurationGuarantees({ desk, tocsin })),
        ...speedGuarantees({ desk, tocsin }),
        ...floodGuarantees({ desk, tocsin }),
      ]),
    ];
  });

/** By day first: the night moves the clock. */
const byDayAndNight = (launched: Launched) =>
  onTocsin('browser', async (tocsin) => {
    const desk = aDesk(launched, tocsin.url);
    const phone = aPhone(launched);
    const byDay = await play([
      ...(await pageGuarantees({ desk, tocsin })),
      ...(await watchGuarantees({ desk, tocsin })),
      ...(await readerGuarantees({ desk, tocsin })),
      ...(await dashboardGuarantees({ desk, tocsin })),
      ...(await viewGuarantees({ desk, tocsin })),
      ...(await wallGuarantees({ desk, tocsin })),
      ...(await stormGuarantees({ desk, tocsin })),
    ]);
    const night = await aNight(tocsin);
    const byNight = await play([
      ...statusGuarantees({ phone, tocsin }),
      ...consoleGuarantees({ phone, night, tocsin }),
      // At the end of these the person is disabled.
      ...linkGuarantees({ phone, night }),
    ]);
    return [byDay, byNight];
  });

console.log('A real browser, at a desk by day and as a phone in the night, on two local runs side by side');
await conclude('test:browser', async () => {
  const launched = await launch();
  console.log(`  ${launched.version}`);
  try {
    return sumOf(await Promise.all([fromTheFirstHour(launched), byDayAndNight(launched)]));
  } finally {
    await launched.browser.close();
  }
});
