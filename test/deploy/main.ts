import { deepStrictEqual } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { checkAll, conclude, type Guarantee } from '../support/tools/guarantees.ts';
import { lastLines } from '../support/tools/child.ts';
import { cdkOn, type Cdk } from './cdk.ts';
import { startEmulator } from './emulator.ts';
import { preflightGuarantees, smokeGuarantees } from './operate.ts';
import { redeployment, stacksOf } from './redeployment.ts';
import { redriveGuarantees } from './redrive.ts';
import { restoreGuarantees } from './restore.ts';
import { smoke } from './smoke.ts';

console.log('Deploying with the unmodified CDK to an independent AWS emulator');
await conclude('test:deploy', async () => {
  const emulator = await startEmulator();
  try {
    const cdk = cdkOn(emulator);
    const password = `${randomBytes(18).toString('base64url')}-aA1`;
    const { nextVersion, failure, apiGoes, apiIsBack, otherStage } = redeployment(emulator, cdk, password);
    const { newAccount, readyAccount } = preflightGuarantees(emulator);
    const { atOnce, withinMinutes } = smoke(emulator, password);
    const tally = await checkAll(
      [
        ...newAccount,
        ...firstVersion(cdk),
        ...readyAccount,
        ...atOnce,
        ...nextVersion,
        ...failure,
        ...smokeGuarantees(emulator, password),
        ...withinMinutes,
        ...redriveGuarantees(emulator),
        ...apiGoes,
        ...restoreGuarantees(emulator, cdk),
        ...apiIsBack,
        ...otherStage,
      ],
      { stopAtFirst: true },
    );
    if (tally.failed > 0) console.log(`\nLast lines of the emulator:\n${lastLines(emulator.output(), 60)}`);
    return tally;
  } finally {
    await emulator.stop();
  }
});

function firstVersion(cdk: Cdk): readonly Guarantee[] {
  return [
    { title: 'an empty account is bootstrapped', check: () => cdk.bootstrap() },
    {
      title: 'every stack of the stage is deployed, none rolls back',
      check: async () => {
        const deployed = await cdk.deploy({ app: 'node test/deploy/earlier-version.ts' });
        deepStrictEqual([...deployed].sort(), [...stacksOf('dev')].sort());
      },
    },
  ];
}
