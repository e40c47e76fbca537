import { checkAll, conclude, type Tally } from '../support/tools/guarantees.ts';
import { lastLines } from '../support/tools/child.ts';
import { startTocsin } from '../support/tools/local-run.ts';
import { configurationGuarantees } from './configuration.ts';
import { consoleGuarantees } from './console.ts';
import { dashboardGuarantees } from './dashboards.ts';
import { aDesk } from './desk.ts';
import { firstHourGuarantees } from './first-hour.ts';
import { linkGuarantees } from './links.ts';
import { stormGuarantees } from './storm.ts';
import { aNight } from './night.ts';
import { pageGuarantees } from './pages.ts';
import { aPhone } from './phone.ts';
import { readerGuarantees } from './readers.ts';
import { statusGuarantees } from './status.ts';
import { wallGuarantees } from './wall.ts';
import { watchGuarantees } from './watch.ts';

const closing: (() => Promise<void>)[] = [];

async function main(): Promise<Tally> {
  const phone = await aPhone();
  closing.push(phone.close);
  console.log(`  ${phone.version}`);
  const atFirst = await firstHour();
  const tocsin = await startTocsin('browser');
  closing.push(tocsin.stop);
  const desk = await aDesk(tocsin.url);
  closing.push(desk.close);
  // By day first: the night moves the clock.
  const byDay = await checkAll([
    ...(await pageGuarantees({ desk, tocsin })),
    ...(await watchGuarantees({ desk, tocsin })),
    ...(await readerGuarantees({ desk, tocsin })),
    ...(await configurationGuarantees({ desk, tocsin })),
    ...(await dashboardGuarantees({ desk, tocsin })),
    ...(await wallGuarantees({ desk, tocsin })),
    ...(await stormGuarantees({ desk, tocsin })),
  ]);
  const night = await aNight(tocsin);
  const byNight = await checkAll([
    ...statusGuarantees({ phone, tocsin }),
    ...consoleGuarantees({ phone, night, tocsin }),
    // At the end of these the person is disabled.
    ...linkGuarantees({ phone, night }),
  ]);
  const tallies = [atFirst, byDay, byNight];
  const tally = {
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
  };
  if (tally.failed > 0) console.log(`\nLast lines of Tocsin:\n${lastLines(tocsin.output(), 40)}`);
  return tally;
}

/** On an installation of its own, which nobody has used before. */
async function firstHour(): Promise<Tally> {
  const tocsin = await startTocsin('first-hour');
  try {
    return await checkAll(firstHourGuarantees(tocsin));
  } finally {
    await tocsin.stop();
  }
}

console.log('A real browser, at a desk by day and as a phone in the night, on a local run');
await conclude('test:browser', async () => {
  try {
    return await main();
  } finally {
    for (const close of closing.reverse()) await close();
  }
});
