import { setTimeout as pause } from 'node:timers/promises';
import { commandLine } from '../command-line.ts';
import { report } from '../report.ts';
import { awsAccount } from './aws-account.ts';
import { youngest, restoredOption } from './kept.ts';
import { keptInAws } from './kept-in-aws.ts';
import { restoreSteps, type RestorePlan } from './restore.ts';
import { TABLES, templateOf } from './templates.ts';
import { systemClock } from '../../shared/kernel/clock.ts';

const usage = `Makes a table as one of a stage was at an instant, complete and checked. It changes neither that table, but for --hold, nor the stage,
and ends with the option by which a deployment has the stage use the new one: docs/runbook.md says when, and what follows.

  npm run restore -- --stage prod --table AlertsTable [flags]
  npm run restore -- --stage prod --table AlertsTable --deleted [--suffix, --minutes]
  npm run restore -- --stage prod --kept

  --stage <name>      stage of the installation
  --table <id>        logical id of the table: AlertsTable, AuthTable, PagingTable and so on
  --at <instant>      RFC 3339; as late as possible if not given
  --hold              AlertsTable alone: it refuses writes from now on, so alarms that come in meanwhile wait in a queue and reach the new
                      table; nobody is paged for them before the deployment
  --deleted           the table was deleted: makes it again from its last backup, which DynamoDB keeps for 35 days
  --suffix <text>     end of the new name; that of a run that was cut short has it go on
  --minutes <n>       waits for so long at most until the table is there, 120 if not given
  --kept              makes nothing: prints the option by which a stage that was destroyed is deployed again over the tables, secrets and
                      key that it left behind

Credentials and region are those of the AWS CLI. Both tables are counted, which reads all of them.`;

const { flags, stop } = commandLine(usage, {
  stage: { type: 'string' },
  table: { type: 'string' },
  at: { type: 'string' },
  suffix: { type: 'string' },
  minutes: { type: 'string', default: '120' },
  hold: { type: 'boolean', default: false },
  deleted: { type: 'boolean', default: false },
  kept: { type: 'boolean', default: false },
});
const { stage = '', table: logicalId = '', at, minutes } = flags;
if (!/^[a-z][a-z0-9-]{0,30}$/.test(stage)) stop('--stage takes the name of a stage.');
const template = templateOf(stage, logicalId);
if (!flags.kept && !template)
  stop(`--table takes one of ${Object.keys(TABLES).join(', ')}, of a stage of infra/config.ts.`);
if (flags.hold && logicalId !== 'AlertsTable')
  stop('--hold is for AlertsTable: the writes of other tables have no queue.');
if (flags.deleted && (flags.hold || at !== undefined))
  stop('--deleted takes the last backup, without --hold and --at.');
if (at !== undefined && Number.isNaN(Date.parse(at))) stop('--at takes an instant, such as 2026-11-30T03:00:00Z.');
if (!/^[1-9]\d{0,3}$/.test(minutes)) stop('--minutes takes a whole number from 1.');

const POLL_SECONDS = 5;

const showKept = async (): Promise<boolean> => {
  const { kept, older } = youngest(await keptInAws(stage));
  if (kept.length === 0) {
    console.log(`Stage ${stage} left nothing behind in this account and region.`);
    return false;
  }
  for (const { logicalId, arn } of older) console.log(`! older, and left out: ${logicalId} ${arn}`);
  console.log(`Deploy with the options as before and ${restoredOption(kept)}, and so from now on.`);
  return true;
};

const restoreTable = async (template: RestorePlan['template']): Promise<boolean> => {
  const now = systemClock.now();
  const until = now.getTime() + Number(minutes) * 60_000;
  const { failed } = await report(
    restoreSteps(awsAccount(stage), {
      logicalId,
      stage,
      at: at === undefined ? undefined : new Date(at),
      isDeleted: flags.deleted,
      isHeld: flags.hold,
      template,
      suffix: flags.suffix ?? now.toISOString().slice(0, 16).replaceAll(/\D/g, ''),
      waited: async () => {
        await pause(POLL_SECONDS * 1_000);
        return systemClock.now().getTime() < until;
      },
    }),
    console.log,
    { isChain: true },
  );
  return failed === 0;
};

process.exitCode = (await (flags.kept || !template ? showKept() : restoreTable(template))) ? 0 : 1;
