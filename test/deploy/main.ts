import { deepStrictEqual, ok } from 'node:assert/strict';
import { checkAll, conclude, type Guarantee } from '../support/tools/guarantees.ts';
import { lastLines } from '../support/tools/child.ts';
import { bootstrap, deploy, listStacks } from './cdk.ts';
import { startEmulator, type Emulator } from './emulator.ts';
import { redriveGuarantees } from './redrive.ts';
import { restoreGuarantees } from './restore.ts';
import { smoke } from './smoke.ts';

console.log('Deploying with the unmodified CDK to an independent AWS emulator');
await conclude('test:deploy', async () => {
  const emulator = await startEmulator();
  try {
    const tally = await checkAll(
      [...deployment(emulator), ...smoke(emulator), ...redriveGuarantees(emulator), ...restoreGuarantees(emulator)],
      {
        stopAtFirst: true,
      },
    );
    if (tally.failed > 0) console.log(`\nLast lines of the emulator:\n${lastLines(emulator.output(), 60)}`);
    return tally;
  } finally {
    await emulator.stop();
  }
});

function deployment(emulator: Emulator): readonly Guarantee[] {
  return [
    { title: 'an empty account is bootstrapped', check: () => bootstrap(emulator) },
    {
      title: 'every stack of the stage is deployed, none rolls back',
      check: async () => {
        const wanted = await listStacks(emulator);
        ok(wanted.length > 0, 'the app makes no stack');
        deepStrictEqual([...(await deploy(emulator))].sort(), [...wanted].sort());
        return wanted.join(', ');
      },
    },
  ];
}
