import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../support/tools/child.ts';
import type { Command } from '../support/tools/debian.ts';
import { eventually } from '../../operate/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { toolCache } from '../support/tools/paths.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';
import type { Scene } from './lifecycle.ts';
import type { Tocsin } from '../support/tools/local-run.ts';

const alertName = 'RaisedByAmtool';
const silencedName = 'SilencedByAmtool';

/** Calls amtool with a key of a person, as if Tocsin were the Alertmanager. */
const amtoolAt = ({ tocsin }: Scene, program: () => Promise<string>) => {
  let httpConfig: string | undefined;
  return async (...args: readonly string[]): Promise<string> => {
    httpConfig ??= await writeHttpConfig(await personalKey(tocsin));
    const url = [`--alertmanager.url=${tocsin.url}`, `--http.config.file=${httpConfig}`, '--no-version-check'];
    const log = join(toolCache, 'logs', 'clients-amtool.log');
    return run(await program(), [...url, ...args], { log, timeoutMs: 30_000 });
  };
};

interface ShownAlert {
  readonly startsAt: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface ShownSilence {
  readonly id: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Tests of the amtool of Alertmanager 0.35, beside those of the amtool of Debian. */
export function newAmtoolGuarantees(program: () => Promise<string>, scene: Scene): readonly Guarantee[] {
  const amtool = amtoolAt(scene, program);
  const json = async <T>(...args: readonly string[]): Promise<readonly T[]> =>
    JSON.parse(await amtool('--output=json', ...args)) as T[];
  return [
    {
      title: 'amtool 0.35: alert query finds label names in quotes, and in UTF-8',
      check: async () => {
        const alert = ['alert', 'add', 'ByNewAmtool', 'severity=warning', '"service.name"="shop"', 'größe="XL"'];
        await amtool(...alert);
        for (const matcher of ['"service.name"="shop"', 'größe=~"X.*"', '"größe"!="S"']) {
          const [found] = await json<ShownAlert>('alert', 'query', 'alertname=ByNewAmtool', matcher);
          strictEqual(found?.labels['größe'], 'XL', matcher);
        }
        deepStrictEqual(await json('alert', 'query', '"service.name"="bank"'), []);
      },
    },
    {
      title: 'amtool 0.35: an alert shows the start that it was given',
      check: async () => {
        const startsAt = new Date(Date.now() - 2 * 3_600_000).toISOString();
        await amtool('alert', 'add', 'LongAgo', 'severity=warning', `--start=${startsAt}`);
        const [alert] = await json<ShownAlert>('alert', 'query', 'alertname=LongAgo');
        strictEqual(Date.parse(alert?.startsAt ?? ''), Date.parse(startsAt));
      },
    },
    {
      title: 'amtool 0.35: a silence has its annotations, and a pending one has its id after another start',
      check: async () => {
        const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
        const add = [
          'silence',
          'add',
          'node=pending',
          '--comment=later',
          '--author=night',
          '--annotation=ticket=OPS-1',
        ];
        const id = (await amtool(...add, `--start=${inHours(2)}`, `--end=${inHours(4)}`)).trim();
        const shown = async (): Promise<ShownSilence | undefined> =>
          (await json<ShownSilence>('silence', 'query', 'node=pending'))[0];
        deepStrictEqual((await shown())?.annotations, { ticket: 'OPS-1' });
        await amtool('silence', 'update', id, `--start=${inHours(3)}`);
        strictEqual((await shown())?.id, id);
        await amtool('silence', 'expire', id);
      },
    },
    {
      title: 'amtool 0.35: sixty silences are imported by eight workers, and expire at once',
      check: async () => {
        const silences = Array.from({ length: 60 }, (_, index) => ({
          matchers: [{ name: 'node', value: `imported-${index}`, isRegex: false, isEqual: true }],
          startsAt: new Date().toISOString(),
          endsAt: new Date(Date.now() + 3_600_000).toISOString(),
          createdBy: 'night shift',
          comment: 'imported',
        }));
        const file = join(temporaryDirectory('amtool-import'), 'silences.json');
        await writeFile(file, JSON.stringify(silences));
        await amtool('silence', 'import', '--force', '--worker=8', file);
        const ids = (await amtool('silence', 'query', 'node=~imported-.*', '--quiet')).trim().split('\n');
        strictEqual(ids.length, 60);
        await amtool('silence', 'expire', ...ids);
        strictEqual((await amtool('silence', 'query', 'node=~imported-.*', '--quiet')).trim(), '');
      },
    },
  ];
}

/** Tests of a person who points amtool at Tocsin as if it were the Alertmanager. */
export function amtoolGuarantees([program = '']: Command, scene: Scene): readonly Guarantee[] {
  const { tocsin, subscriber } = scene;
  const amtool = amtoolAt(scene, async () => program);
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
      title: 'amtool alert query finds it by its labels, and not by others',
      check: async () => {
        const found = JSON.parse(
          await amtool('--output=json', 'alert', 'query', `alertname=${alertName}`, 'node=~db[0-9]'),
        ) as { readonly labels: Readonly<Record<string, string>> }[];
        strictEqual(found.length, 1);
        strictEqual(found[0]?.labels['node'], 'db1');
        strictEqual((await amtool('--output=json', 'alert', 'query', 'node=db2')).trim(), '[]');
      },
    },
    {
      title:
        'amtool silence add, query, update and expire; what is silenced is kept, shown as such, and told to nobody',
      check: async () => {
        const add = ['silence', 'add', 'node=~db[7-9]', '--comment=disk swap', '--author=night shift', '--duration=1h'];
        const id = (await amtool(...add)).trim();
        ok((await amtool('silence', 'query', '--quiet')).includes(id), 'it is not listed');
        ok((await amtool('silence', 'query', 'node=~db.*', '--quiet')).includes(id), 'it is not found by its matcher');
        await amtool('silence', 'update', id, '--duration=2h', '--comment=two disks');
        const updated = JSON.parse(await amtool('--output=json', 'silence', 'query')) as {
          id: string;
          comment: string;
        }[];
        deepStrictEqual(
          updated.map((silence) => [silence.id, silence.comment]),
          [[id, 'two disks']],
        );
        await amtool('alert', 'add', silencedName, 'severity=critical', 'node=db8');
        const [alert] = await eventually('the silenced alert is kept', { withinMs: 10_000 }, async () => {
          const alerts = await tocsin.alertsWith('alertname', silencedName);
          strictEqual(alerts.length, 1);
          return alerts;
        });
        const query = ['--output=json', 'alert', 'query', `alertname=${silencedName}`];
        strictEqual((await amtool(...query)).trim(), '[]');
        ok((await amtool(...query, '--silenced')).includes(id), 'it is not shown as silenced');
        await eventually('the other alert is told of', { withinMs: 10_000 }, async () =>
          ok(subscriber.about((await theOne()).id).length > 0),
        );
        strictEqual(subscriber.about(alert?.id ?? '').length, 0, 'somebody was told');
        await amtool('silence', 'expire', id);
        ok(!(await amtool('silence', 'query', '--quiet')).includes(id), 'it is still listed');
        ok((await amtool('silence', 'query', '--expired', '--quiet')).includes(id), 'it is forgotten');
      },
    },
    {
      title: 'amtool cluster show and config show are answered',
      check: async () => {
        ok((await amtool('cluster', 'show')).includes('disabled'));
        ok((await amtool('config', 'show')).includes('receiver: tocsin'));
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

/** A key for a person with amtool, who adds alerts, queries and silences. */
async function personalKey({ admin }: Tocsin): Promise<string> {
  const { key } = await admin.post<{ readonly key: string }>('/api/api-keys', {
    name: 'amtool',
    permissions: ['integrations.ingest', 'monitoring.read', 'monitoring.alert.acknowledge'],
  });
  return key;
}

async function writeHttpConfig(machineKey: string): Promise<string> {
  const path = join(temporaryDirectory('amtool'), 'http.yml');
  await writeFile(path, `authorization: { type: Bearer, credentials: '${machineKey}' }\n`, { mode: 0o600 });
  return path;
}
