import { commandLine } from '../command-line.ts';
import { report } from '../report.ts';
import { alarmChecks } from './alarm.ts';
import { roundTrip } from './round-trip.ts';

const usage = `npm run smoke -- --url https://… [flags]

Raises an alert, has it paged to a webhook, acknowledges and resolves it. Nobody on call is paged.

  --url <address>      of the API, the output Url of the stack Tocsin-<stage>-api
  --username <name>    admin, if not given; its password is read from TOCSIN_PASSWORD
  --stage <name>       also sets off an alarm of this stage and looks whether the operators' topic took it
                       (credentials and region as the AWS CLI reads them)
  --seconds <n>        how long a page may take, 60 if not given`;

const { flags, stop } = commandLine(usage, {
  url: { type: 'string' },
  username: { type: 'string', default: 'admin' },
  stage: { type: 'string' },
  seconds: { type: 'string', default: '60' },
});

const { url = process.env['TOCSIN'], username, stage, seconds } = flags;
if (url === undefined || !/^https?:\/\/[^/]+/.test(url)) stop('--url takes the address of the API.');
if (!/^\d{1,4}$/.test(seconds)) stop('--seconds takes a whole number.');
const password = process.env['TOCSIN_PASSWORD'];
if (!password) stop(`TOCSIN_PASSWORD has to hold the password of ${username}.`);

const withinMs = Number(seconds) * 1000;
const trip = roundTrip({ url: (url ?? '').replace(/\/+$/, ''), username, password: password ?? '', withinMs });
const checks = [...trip.checks, ...(stage === undefined ? [] : alarmChecks(stage, withinMs))];
console.log(`Smoke test of ${url}`);
try {
  const { ok, failed, unknown } = await report(checks, console.log, { isChain: true });
  console.log(`${ok} passed, ${failed + unknown} failed`);
  process.exitCode = ok === checks.length ? 0 : 1;
  if (failed > 0) console.log('docs/runbook.md says where to look. The logs of the function that failed say why.');
} finally {
  for (const path of await trip.cleanUp()) console.log(`! could not be deleted: DELETE ${path}`);
}
