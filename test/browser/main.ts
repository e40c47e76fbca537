import { checkAll, conclude, type Tally } from '../support/tools/guarantees.ts';
import { lastLines } from '../support/tools/child.ts';
import { startTocsin } from '../support/tools/local-run.ts';
import { consoleGuarantees } from './console.ts';
import { linkGuarantees } from './links.ts';
import { aNight } from './night.ts';
import { aPhone } from './phone.ts';
import { statusGuarantees } from './status.ts';

const closing: (() => Promise<void>)[] = [];

async function main(): Promise<Tally> {
  const phone = await aPhone();
  closing.push(phone.close);
  console.log(`  ${phone.version}`);
  const tocsin = await startTocsin('browser');
  closing.push(tocsin.stop);
  const night = await aNight(tocsin);
  const tally = await checkAll([
    ...statusGuarantees({ phone, tocsin }),
    ...linkGuarantees({ phone, night }),
    ...consoleGuarantees({ phone, night, tocsin }),
  ]);
  if (tally.failed > 0) console.log(`\nLast lines of Tocsin:\n${lastLines(tocsin.output(), 40)}`);
  return tally;
}

console.log('A real browser, as a phone in the night, on the pages of a local run');
await conclude('test:browser', async () => {
  try {
    return await main();
  } finally {
    for (const close of closing.reverse()) await close();
  }
});
