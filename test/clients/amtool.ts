import { ok, strictEqual } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../support/tools/child.ts';
import type { Command } from '../support/tools/debian.ts';
import { eventually } from '../support/tools/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { toolCache } from '../support/tools/paths.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';
import type { Scene } from './lifecycle.ts';

const alertName = 'RaisedByAmtool';

/** What holds for a person with amtool who points it at Tocsin as if that were the Alertmanager. */
export function amtoolGuarantees([program = '']: Command, { tocsin }: Scene): readonly Guarantee[] {
  let httpConfig: string | undefined;

  const amtool = async (...args: readonly string[]): Promise<string> => {
    httpConfig ??= await writeHttpConfig(tocsin.machineKey);
    const url = [`--alertmanager.url=${tocsin.url}`, `--http.config.file=${httpConfig}`, '--no-version-check'];
    return run(program, [...url, ...args], { log: join(toolCache, 'logs', 'clients-amtool.log'), timeoutMs: 30_000 });
  };
  const theOne = async () => {
    const alerts = await tocsin.alertsWith('alertname', alertName);
    strictEqual(alerts.length, 1);
    const [alert] = alerts;
    ok(alert);
    return alert;
  };

  return [
    {
      title: 'amtool alert add opens an alert, and again counts it',
      check: async () => {
        const add = [
          'alert',
          'add',
          alertName,
          'severity=warning',
          'node=db1',
          '--annotation=summary=Disk of db1 is full',
        ];
        await amtool(...add);
        const opened = await eventually('the alert is open', { withinMs: 10_000 }, theOne);
        strictEqual(opened.status, 'open');
        strictEqual(opened.severity, 'warning');
        await amtool(...add);
        const repeated = await eventually('it is seen twice', { withinMs: 10_000 }, async () => {
          const alert = await theOne();
          strictEqual(alert.count, 2);
          return alert;
        });
        strictEqual(repeated.id, opened.id);
      },
    },
    {
      title: 'amtool alert add with an end in the past resolves it',
      check: async () => {
        const end = new Date(Date.now() - 1_000).toISOString();
        await amtool('alert', 'add', alertName, 'severity=warning', 'node=db1', `--end=${end}`);
        await eventually('it is resolved', { withinMs: 10_000 }, async () =>
          strictEqual((await theOne()).status, 'resolved'),
        );
      },
    },
  ];
}

async function writeHttpConfig(machineKey: string): Promise<string> {
  const path = join(temporaryDirectory('amtool'), 'http.yml');
  await writeFile(path, `authorization: { type: Bearer, credentials: '${machineKey}' }\n`, { mode: 0o600 });
  return path;
}
