import { STAGES } from '../../infra/config.ts';
import { commandLine } from '../command-line.ts';
import { report } from '../report.ts';
import { checksOf } from './checks.ts';

const usage = `Checks an AWS account before a stage is deployed to it, with the credentials and region of the environment.

  npm run preflight -- --stage prod [flags]

  --stage <name>             ${Object.keys(STAGES).join(', ')}
  --region <region>          region to deploy to; that of the environment if not given
  --mail-from <address>      sender of pages by e-mail, as in -c mailFrom
  --domain <name>            domain of the API
  --certificate-arn <arn>    its certificate

It changes nothing. It exits with 1 where something stops the stage, or could not be checked.`;

const { flags, stop } = commandLine(usage, {
  stage: { type: 'string' },
  region: { type: 'string' },
  'mail-from': { type: 'string' },
  domain: { type: 'string' },
  'certificate-arn': { type: 'string' },
});
const stage = STAGES[flags.stage ?? ''] ?? stop('--stage takes the name of a stage.');

const plan = {
  isProduction: stage.retainData,
  mailFrom: flags['mail-from'],
  domain: flags.domain,
  certificateArn: flags['certificate-arn'],
};
console.log(`Preflight of stage ${stage.name}`);
const checks = checksOf(plan, flags.region === undefined ? {} : { region: flags.region });
const { failed, unknown } = await report(checks, console.log);
process.exitCode = failed + unknown === 0 ? 0 : 1;
