import { checkAll, conclude, type Guarantee } from '../support/tools/guarantees.ts';
import { lastLines } from '../support/tools/child.ts';
import { bootstrap, deploy } from './cdk.ts';
import { startEmulator, type Emulator } from './emulator.ts';
import { smoke } from './smoke.ts';

/** Every stack that this emulator can make: `edge` is left out, it needs a certificate and a place outside the region. */
const stacks = ['Tocsin-dev-data', 'Tocsin-dev-app', 'Tocsin-dev-api', 'Tocsin-dev-observability'];

console.log('Deploying with the unmodified CDK to an independent AWS emulator');
await conclude('test:deploy', async () => {
  const emulator = await startEmulator();
  try {
    const tally = await checkAll([...deployment(emulator), ...smoke(emulator)], { stopAtFirst: true });
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
      title: `${stacks.join(', ')} are deployed, none rolls back`,
      check: async () => {
        const outputs = await deploy(emulator, stacks);
        return `${Object.keys(outputs).length} stacks with outputs`;
      },
    },
  ];
}
