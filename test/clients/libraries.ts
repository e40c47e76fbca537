import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Alert } from '../../functions/alerts/alert.ts';
import { run } from '../support/tools/child.ts';
import { eventually } from '../../operate/eventually.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { npmTools } from '../support/tools/npm.ts';
import { toolCache } from '../support/tools/paths.ts';
import { pythonTools } from '../support/tools/python.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';
import { logIn } from '../../operate/tocsin-client.ts';
import { javaProgram } from './java.ts';
import type { Scene } from './lifecycle.ts';

const PYTHON_PACKAGES = [
  'healthchecks-io==0.4.4',
  'healthchecks-decorator==0.5.0',
  'healthchecks-wrapper==0.1.6',
  'standardwebhooks==1.1.0',
  'PyJWT[crypto]==2.15.1',
  'prometheus_client==0.26.0',
  'icalendar==7.3.2',
  'recurring-ical-events==3.8.2',
  'ics==0.7.3',
  'vdirsyncer==0.21.0',
];
const NPM_PACKAGES = ['sns-validator@0.3.5', 'sns-payload-validator@2.1.0', 'standardwebhooks@1.1.1'];

const programs = join(import.meta.dirname, 'libraries');
const log = (name: string): string => join(toolCache, 'logs', `clients-${name}.log`);
const python = (): Promise<string> => pythonTools('libraries', PYTHON_PACKAGES);

const usePython = async (program: string, ...args: readonly string[]): Promise<string> =>
  run(join(await python(), 'python3'), [join(programs, `${program}.py`), ...args], {
    log: log(program),
    env: { PYTHONDONTWRITEBYTECODE: '1' },
  });

const useNode = async (program: string, ...args: readonly string[]): Promise<string> => {
  const home = await npmTools('libraries', NPM_PACKAGES);
  const file = join(home, `${program}.mjs`);
  await copyFile(join(programs, `${program}.mjs.txt`), file);
  return run(process.execPath, [file, ...args], { log: log(`${program}-node`) });
};

const asFile = async (name: string, content: string): Promise<string> => {
  const path = join(temporaryDirectory(name), name);
  await writeFile(path, content);
  return path;
};

/** Tests of jobs that report to healthchecks.io, with the address of a heartbeat of Tocsin. */
export function pingGuarantees({ tocsin }: Scene): readonly Guarantee[] {
  const heartbeat = async (name: string): Promise<{ readonly id: string; readonly url: string }> => {
    const made = await tocsin.admin.post<{ id: string; pingKey: string }>('/api/monitoring/monitors', {
      name,
      check: { type: 'heartbeat', periodSeconds: 3600, graceSeconds: 600 },
    });
    return { id: made.id, url: `${tocsin.url}/ping/${made.pingKey}` };
  };
  const becomes = (id: string, status: string): Promise<void> =>
    eventually(`the monitor is ${status}`, { withinMs: 10_000 }, async () => {
      const monitor = await tocsin.admin.get<{ status: string }>(`/api/monitoring/monitors/${id}`);
      strictEqual(monitor.status, status);
    });
  const job = (client: string): Guarantee => ({
    title: `${client}: a job that succeeds is up, one that raises is down, and up when it succeeds again`,
    check: async () => {
      const { id, url } = await heartbeat(client);
      for (const [outcome, status] of [
        ['succeeds', 'up'],
        ['fails', 'down'],
        ['succeeds', 'up'],
      ] as const) {
        await usePython('jobs', client, outcome, url);
        await becomes(id, status);
      }
    },
  });
  return [
    job('healthchecks-io'),
    job('healthchecks-decorator'),
    job('healthchecks-wrapper'),
    {
      title: 'healthchecks-io: an exit code with 60,000 characters of log counts, other than 0 as a failure',
      check: async () => {
        const { id, url } = await heartbeat('exit codes');
        await usePython('exit_code', '3', url);
        await becomes(id, 'down');
        await usePython('exit_code', '0', url);
        await becomes(id, 'up');
      },
    },
    {
      title: 'curl --data-binary of 150,000 bytes that are not UTF-8, and HEAD, count as a ping',
      check: async () => {
        const { id, url } = await heartbeat('curl');
        const body = await asFile('log', '');
        await writeFile(body, Buffer.alloc(150_000, 0xfe));
        await run('curl', ['-fsS', '--data-binary', `@${body}`, url], { log: log('curl') });
        await becomes(id, 'up');
        await run('curl', ['-fsS', '--head', `${url}/fail`], { log: log('curl') });
        await becomes(id, 'down');
        await run('curl', ['-fsS', '--head', url], { log: log('curl') });
        await becomes(id, 'up');
      },
    },
  ];
}

/** Tests of libraries that read the tokens, feeds and metrics of Tocsin. */
export function libraryGuarantees({ tocsin, subscriber, closing }: Scene): readonly Guarantee[] {
  const user = async (username: string): Promise<string> => {
    const displayName = `${username === 'ana' ? 'Ana' : 'Ben'}, "the" Novak`;
    const made = { username, displayName, roles: ['operator'] };
    return (await tocsin.admin.post<{ id: string }>('/api/users', made)).id;
  };
  return [
    {
      title: 'sns-validator and sns-payload-validator (npm) verify what the topic sends, and refuse what was changed',
      check: async () => {
        const title = 'Gerät überhitzt 😀\r\nzweite Zeile';
        const { id } = await tocsin.admin.post<Alert>('/api/monitoring/alerts', { title, severity: 'critical' });
        await eventually('it is sent', { withinMs: 10_000 }, () => ok(subscriber.about(id).length > 0));
        const envelopes = subscriber.envelopes();
        deepStrictEqual(
          new Set(envelopes.map(({ Type }) => Type)),
          new Set(['SubscriptionConfirmation', 'Notification']),
        );
        const certificate = await (await fetch(envelopes[0]?.SigningCertURL ?? '')).text();
        await useNode(
          'sns_validators',
          await asFile('envelopes.json', JSON.stringify(envelopes)),
          await asFile('certificate.pem', certificate),
        );
        return `${envelopes.length} envelopes`;
      },
    },
    {
      title: 'Standard Webhooks (npm, PyPI) verify a page by the present and the former secret, and by no older one',
      check: async () => {
        const received: { headers: Readonly<Record<string, string>>; body: string }[] = [];
        const server = createServer((request, response) => {
          void text(request).then((body) => {
            const named = Object.entries(request.headers).filter(([name]) => name.startsWith('webhook-'));
            received.push({ headers: Object.fromEntries(named) as Record<string, string>, body });
            response.writeHead(204).end();
          });
        }).listen(0, '127.0.0.1');
        await once(server, 'listening');
        closing.push(async () => void server.close());
        const to = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pages`;
        const latest = (type: string) =>
          eventually(`a ${type} came`, { withinMs: 10_000 }, () => {
            const found = received.findLast(({ body }) => (JSON.parse(body) as { type: string }).type === type);
            ok(found, `${received.length} messages came, none is a ${type}`);
            return found;
          });
        const verify = async (
          message: object,
          secrets: readonly string[],
          others: readonly string[],
        ): Promise<void> => {
          const file = await asFile('message.json', JSON.stringify({ ...message, secrets, others }));
          await usePython('standard_webhooks', file);
          await useNode('standard_webhooks', file);
        };

        const { id: me } = await tocsin.admin.get<{ id: string }>('/api/auth/me');
        const contacts = `/api/users/${me}/contacts`;
        const made = await tocsin.admin.post<{ id: string; secret: string }>(contacts, { channel: 'webhook', to });
        const code = await latest('code');
        const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
        await verify(code, [made.secret], [other]);
        const told = JSON.parse(code.body) as { code: string };
        await tocsin.admin.post(`${contacts}/${made.id}/verify`, { code: told.code });

        const renew = async (): Promise<string> =>
          (await tocsin.admin.post<{ secret: string }>(`${contacts}/${made.id}/secret`, {})).secret;
        const second = await renew();
        const third = await renew();
        await tocsin.admin.put('/api/oncall/policies/default', {
          version: 0,
          name: 'Default',
          repeat: 0,
          steps: [{ targets: [{ type: 'user', id: me }], escalateAfterMinutes: 30 }],
        });
        // A policy is in force some seconds after it was saved.
        await eventually('an alert is escalated', { withinMs: 60_000, everyMs: 2_000 }, async () => {
          await tocsin.admin.post('/api/monitoring/alerts', { title: `Signed ${Date.now()}`, severity: 'critical' });
          await latest('page');
        });
        await verify(await latest('page'), [second, third], [made.secret, other]);
      },
    },
    {
      title:
        'PyJWT and nimbus-jose-jwt (Maven) verify an access token by the published keys, for its audience and issuer alone',
      check: async () => {
        const { authorization } = await logIn(tocsin.url, 'admin', tocsin.password);
        const token = authorization.replace('Bearer ', '');
        await usePython('tokens', tocsin.url, token);
        const [java = '', ...args] = await javaProgram('VerifyToken');
        await run(java, [...args, tocsin.url, token], { log: log('nimbus') });
      },
    },
    {
      title: 'prometheus_client (PyPI) parses the metrics, and the version at /metrics',
      check: async () => {
        const { key } = await tocsin.admin.post<{ key: string }>('/api/api-keys', {
          name: 'prometheus_client',
          permissions: ['monitoring.read'],
        });
        await tocsin.admin.post('/api/monitoring/metrics', { points: [{ name: 'parsed.value', value: 1 }] });
        await eventually('it is exposed', { withinMs: 20_000 }, () =>
          usePython('exposition', tocsin.url, key, 'parsed_value'),
        );
      },
    },
    {
      title: 'icalendar, recurring-ical-events, ics and vdirsyncer (PyPI) read the calendar of a schedule',
      check: async () => {
        const [ana, ben] = await Promise.all(['ana', 'ben'].map(user));
        const schedule = await tocsin.admin.post<{ id: string }>('/api/oncall/schedules', {
          name: 'Erste Linie, "Nacht"; 😀',
          timeZone: 'Australia/Lord_Howe',
          layers: [
            { name: 'Days', users: [ana, ben], rotation: { type: 'daily' }, handOff: '09:00', start: '2026-01-01' },
          ],
        });
        const feed = await tocsin.admin.post<{ path: string }>(`/api/oncall/schedules/${schedule.id}/ical`, {});
        const address = tocsin.url + feed.path;
        await usePython('calendars', address, 'Ana, "the" Novak');
        const directory = temporaryDirectory('vdirsyncer');
        const config = await asFile('config', vdirsyncerConfig(directory, address));
        const program = join(await python(), 'vdirsyncer');
        await run(program, ['-c', config, 'discover', '--no-list', 'shifts'], { log: log('vdirsyncer') });
        const synced = await run(program, ['-c', config, 'sync', 'shifts'], { log: log('vdirsyncer') });
        ok(synced.includes('Copying'), synced);
        const again = await run(program, ['-c', config, 'sync', 'shifts'], { log: log('vdirsyncer') });
        ok(!again.includes('Copying'), 'it is copied again although nothing changed');
      },
    },
  ];
}

const vdirsyncerConfig = (directory: string, address: string): string => `[general]
status_path = "${directory}/status"
[pair shifts]
a = "here"
b = "tocsin"
collections = null
conflict_resolution = "b wins"
[storage here]
type = "singlefile"
path = "${directory}/shifts.ics"
[storage tocsin]
type = "http"
url = "${address}"
`;
