import { commandLine } from '../command-line.ts';
import { awsAccount } from './aws-account.ts';
import { redrive, type Tally } from './redrive.ts';

const usage = `npm run redrive -- --stage prod [--send]

Lists the dead letters of a stage by kind, with the reason; --send has each go back to where it belongs.
Credentials and region are those of the AWS CLI.

  --stage <name>   stage of the installation
  --send           send them back; without it nothing is changed
  --most <n>       of each queue so many at most, 1000 if not given`;

const { flags, stop } = commandLine(usage, {
  stage: { type: 'string' },
  send: { type: 'boolean', default: false },
  most: { type: 'string', default: '1000' },
});

const lineOf = ({ queue, kind, why, oldest, letters, sent }: Tally): string =>
  [queue, kind, String(letters), String(sent), oldest.toISOString().slice(0, 19), why].join('\t');

const { stage, send: isSending, most } = flags;
if (stage === undefined || !/^[a-z][a-z0-9-]{0,30}$/.test(stage)) stop('--stage takes the name of a stage.');
if (!/^[1-9]\d{0,5}$/.test(most)) stop('--most takes a whole number from 1.');

const tallies = await redrive(awsAccount(stage ?? ''), { isSending, most: Number(most) });
const letters = tallies.reduce((sum, each) => sum + each.letters, 0);
const sent = tallies.reduce((sum, each) => sum + each.sent, 0);
if (letters > 0) console.log(['queue', 'kind', 'letters', 'sent', 'oldest', 'why'].join('\t'));
for (const tally of tallies) console.log(lineOf(tally));
const counted = letters === 1 ? '1 dead letter' : `${letters} dead letters`;
console.log(isSending ? `${sent} of ${counted} sent back.` : `${counted}.`);
if (!isSending && letters > 0) console.log('Repair the cause first, then run it again with --send.');
if (isSending && sent < letters) console.log('docs/runbook.md#dead-letters says what to do about those that stay.');
process.exitCode = isSending && sent < letters ? 1 : 0;
