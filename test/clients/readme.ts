import { ok, strictEqual } from 'node:assert/strict';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Alert } from '../../functions/alerts/alert.ts';
import type { WholeIncident } from '../../functions/incidents/lifecycle/get-incident.ts';
import type { Page } from '../../shared/kernel/page.ts';
import { run } from '../support/tools/child.ts';
import type { DebianTools } from '../support/tools/debian.ts';
import { eventually } from '../../operate/eventually.ts';
import { freePort } from '../support/tools/free-port.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { startTocsin, type Tocsin } from '../support/tools/local-run.ts';
import { repository, toolCache } from '../support/tools/paths.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';

/** Where the README has its run and its Alertmanager, and what it has for a password. */
const [URL, ALERTMANAGER, PASSWORD] = ['http://127.0.0.1:8787', '127.0.0.1:9093', 'a bell in the night'];

/** A person needs longer to write the configuration of an Alertmanager than a rule needs to take effect. */
const UNTIL_RULES_HOLD = `curl -s $TOCSIN/_local/clock -d '{"advanceSeconds":20}'`;
/** A person waits until the page has arrived. */
const UNTIL_PAGED = "until curl -s $TOCSIN/_local/outbox | grep -q 'The replica'; do sleep 0.3; done";
const UNTIL_IN_INCIDENT = "until api /api/monitoring/incidents | grep -q 'The replica'; do sleep 0.3; done";

/** Tests of a person who pastes the README's lines into a terminal, from the login to the review. */
export function readmeGuarantees({
  alertmanager,
  amtool,
}: Pick<DebianTools, 'alertmanager' | 'amtool'>): readonly Guarantee[] {
  return [
    {
      title:
        'by the README’s lines an alert of a real Alertmanager pages who is on call, the link acknowledges, and the incident tells it',
      check: async () => {
        const tocsin = await startTocsin('readme');
        try {
          const blocks = await pastable(['Quick start', 'A first night, line by line']);
          const [login = '', ...night] = blocks.filter((block) => !block.startsWith('npm '));
          const tapping = night.findIndex((block) => block.includes('-X POST'));
          const alerting = night.findIndex((block) => block.includes('amtool'));
          ok(alerting > 0, 'the README tells of no Alertmanager');
          ok(tapping > 0 && tapping + 1 < night.length, 'the README tells of no link, or of nothing after it');
          const lines = [
            'set -eu',
            // Background programs end with the script.
            "trap 'kill $(jobs -p)' EXIT",
            login,
            ...night.slice(0, alerting),
            UNTIL_RULES_HOLD,
            ...night.slice(alerting, tapping),
            UNTIL_PAGED,
            ...night.slice(tapping, tapping + 1),
            UNTIL_IN_INCIDENT,
            ...night.slice(tapping + 1),
          ].join('\n');
          const printed = await paste(lines, tocsin, { alertmanager, amtool });
          ok(printed.includes('You have acknowledged this alert.'), `the link did nothing:\n${printed}`);

          // A resolved alert is in no list until it is in the archive.
          const alert = await eventually('the alert is listed', { withinMs: 20_000 }, async () => {
            const [found] = await tocsin.alertsWith('alertname', 'ReplicaLags');
            ok(found);
            return found;
          });
          strictEqual(alert.acknowledgedBy, 'admin');
          await eventually('its incident is resolved with it', { withinMs: 20_000 }, async () => {
            const { status } = await tocsin.admin.get<Alert>(`/api/monitoring/alerts/${alert.id}`);
            strictEqual(status, 'resolved');
          });
          const { items } = await tocsin.admin.get<Page<WholeIncident>>('/api/monitoring/incidents?status=resolved');
          const incident = items.find(({ ruleId }) => ruleId === 'databases');
          ok(incident, 'there is no incident by the rule of the README');
          await eventually('the review tells who was paged and who answered', { withinMs: 20_000 }, async () => {
            const review = await tocsin.admin.text(`/api/monitoring/incidents/${incident.id}/review`);
            for (const told of ['paged admin by sms', 'admin: acknowledged the alert'])
              ok(review.includes(told), review);
          });
        } finally {
          await tocsin.stop();
        }
      },
    },
  ];
}

/** The blocks of shell lines below these headings of the README, in order. */
async function pastable(headings: readonly string[]): Promise<readonly string[]> {
  const sections = (await readFile(join(repository, 'README.md'), 'utf8')).split(/^## /m);
  return headings.flatMap((heading) => {
    const section = sections.find((each) => each.startsWith(`${heading}\n`)) ?? '';
    return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
  });
}

/** Runs lines of the README unchanged, except for addresses and the password, in a directory of their own. */
async function paste(
  lines: string,
  tocsin: Tocsin,
  { alertmanager, amtool }: Pick<DebianTools, 'alertmanager' | 'amtool'>,
): Promise<string> {
  const [directory, programs] = [temporaryDirectory('readme'), temporaryDirectory('readme-programs')];
  const script = lines
    .replaceAll(URL, tocsin.url)
    .replaceAll(ALERTMANAGER, `127.0.0.1:${await freePort()}`)
    .replaceAll(PASSWORD, tocsin.password);
  const command = alertmanager.map((part) => `'${part.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  await writeFile(join(programs, 'alertmanager'), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  await symlink(amtool[0] ?? '', join(programs, 'amtool'));
  return run('bash', ['-c', script], {
    cwd: directory,
    log: join(toolCache, 'logs', 'clients-readme.log'),
    env: { PATH: [programs, process.env['PATH'] ?? ''].join(delimiter) },
    timeoutMs: 90_000,
  });
}
