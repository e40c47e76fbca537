import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, request as forward } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Alert } from '../../functions/alerts/alert.ts';
import { openCertificate } from '../../local/emulator/gateway/certificate.ts';
import { eventually } from '../../operate/eventually.ts';
import type { Page } from '../../shared/kernel/page.ts';
import { run } from '../support/tools/child.ts';
import type { Command } from '../support/tools/debian.ts';
import { goBuild } from '../support/tools/go.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { npmTools } from '../support/tools/npm.ts';
import { toolCache } from '../support/tools/paths.ts';
import { pythonTools } from '../support/tools/python.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';
import type { Scene } from './lifecycle.ts';
import { serveAlertmanager } from './prometheus.ts';

const PYTHON_PACKAGES = ['pdpyras==5.4.1', 'pagerduty==7.2.0', 'opsgenie-sdk==2.1.5'];
const NPM_PACKAGES = ['@pagerduty/pdjs@2.2.4', 'opsgenie-sdk@0.5.1'];

const programs = join(import.meta.dirname, 'vendors');
const log = (name: string): string => join(toolCache, 'logs', `clients-vendors-${name}.log`);

/** Serves https for clients that take nothing else, and hands each request on as it came. */
const startTls = async (port: number): Promise<{ port: number; certificate: string; stop: () => Promise<void> }> => {
  const { cert, key, file } = await openCertificate(temporaryDirectory('vendors-tls'));
  const server = createServer({ cert, key }, (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const onward = forward({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      void pipeline(answer, outgoing);
    });
    void pipeline(incoming, onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    certificate: file,
    stop: async () => void server.close(),
  };
};

/** Tests of unchanged clients of PagerDuty and Opsgenie, each with another address and a key of Tocsin. */
export function vendorGuarantees(alertmanager: Command, { tocsin, closing }: Scene): readonly Guarantee[] {
  const integration = async (type: string, name: string): Promise<string> => {
    const access = type === 'opsgenie' && { configurationAccess: true };
    return (await tocsin.admin.post<{ key: string }>('/api/integrations', { type, name, ...access })).key;
  };
  const alertsOf = async (source: string): Promise<readonly Alert[]> =>
    (await tocsin.admin.get<Page<Alert>>(`/api/monitoring/alerts?source=${encodeURIComponent(source)}`)).items;
  /** What the client did: one alert of this key, acknowledged, and then resolved. */
  const wasWorkedOn = (source: string, dedupKey: string): Promise<void> =>
    eventually(`${dedupKey} is resolved`, { withinMs: 15_000 }, async () => {
      const alerts = (await alertsOf(source)).filter((alert) => alert.dedupKey === dedupKey);
      strictEqual(alerts.length, 1);
      ok(alerts[0]?.acknowledgedAt, 'it was acknowledged');
      strictEqual(alerts[0].status, 'resolved');
    });
  let tls: ReturnType<typeof startTls> | undefined;
  const secured = (): ReturnType<typeof startTls> => {
    tls ??= startTls(tocsin.port).then((made) => {
      closing.push(made.stop);
      return made;
    });
    return tls;
  };
  const node = async (program: string, ...args: readonly string[]): Promise<void> => {
    const home = await npmTools('vendors', NPM_PACKAGES);
    const file = join(home, `${program}.mjs`);
    await copyFile(join(programs, `${program}.mjs.txt`), file);
    const { certificate } = await secured();
    await run(process.execPath, [file, ...args], {
      log: log(`${program}-node`),
      env: { NODE_EXTRA_CA_CERTS: certificate },
    });
  };
  const python = async (program: string, ...args: readonly string[]): Promise<void> => {
    const { certificate } = await secured();
    await run(
      join(await pythonTools('vendors', PYTHON_PACKAGES), 'python3'),
      [join(programs, `${program}.py`), ...args],
      { log: log(program), env: { PYTHONDONTWRITEBYTECODE: '1', SSL_CERT_FILE: certificate } },
    );
  };
  const go = async (...args: readonly string[]): Promise<void> => {
    await run(await goBuild('vendors', join(programs, 'go')), args, { log: log('go') });
  };
  const client = (
    type: 'pagerduty' | 'opsgenie',
    name: string,
    use: (key: string, alert: string) => Promise<void>,
  ): Guarantee => ({
    title: `${name}: ${type === 'pagerduty' ? 'triggers' : 'creates'}, acknowledges and resolves an alert, changed by its address and key`,
    check: async () => {
      const alert = `${name}/1 of ${type}`;
      await use(await integration(type, name), alert);
      await wasWorkedOn(`${type}:${name}`, alert);
    },
  });
  /** A key for the REST API, a user in whose name it acts, and a service. */
  const restScene = async (name: string) => {
    const sender = `${name.replaceAll(/[^a-z]+/g, '.').replaceAll(/^\.|\.$/g, '')}@example.org`;
    const permissions = ['monitoring.alert.*', 'monitoring.config.*', 'monitoring.write', 'oncall.read'];
    const { key } = await tocsin.admin.post<{ key: string }>('/api/api-keys', { name, permissions });
    await tocsin.admin.post('/api/users', { username: sender, roles: ['operator'] });
    const { id } = await tocsin.admin.post<{ id: string }>('/api/services', { name });
    return { key, sender, service: id };
  };
  return [
    client('pagerduty', '@pagerduty-pdjs', async (key, alert) =>
      node('pagerduty', `127.0.0.1:${(await secured()).port}`, key, alert),
    ),
    client('pagerduty', 'pdpyras', (key, alert) => python('pagerduty_events', 'pdpyras', tocsin.url, key, alert)),
    client('pagerduty', 'pagerduty for Python', async (key, alert) =>
      python('pagerduty_events', 'pagerduty', `https://127.0.0.1:${(await secured()).port}`, key, alert),
    ),
    client('pagerduty', 'go-pagerduty', (key, alert) => go('pagerduty', `127.0.0.1:${tocsin.port}`, key, alert)),
    client('opsgenie', 'opsgenie-sdk for Node', (key) =>
      node('opsgenie', tocsin.url, key, 'opsgenie-sdk for Node/1 of opsgenie'),
    ),
    client('opsgenie', 'opsgenie-sdk for Python', (key, alert) => python('opsgenie_alerts', tocsin.url, key, alert)),
    client('opsgenie', 'opsgenie-go-sdk', (key, alert) => go('opsgenie', `127.0.0.1:${tocsin.port}`, key, alert)),
    ...(['@pagerduty/pdjs', 'pdpyras', 'pagerduty for Python', 'go-pagerduty'] as const).map((name): Guarantee => ({
      title: `${name}: lists, acknowledges, notes and resolves incidents by the REST API, changed by its address and key`,
      check: async () => {
        const { key, sender, service } = await restScene(name);
        const [plain, secure] = [
          `${tocsin.url}/api.pagerduty.com`,
          `127.0.0.1:${(await secured()).port}/api.pagerduty.com`,
        ];
        const rest = [key, sender, service] as const;
        if (name === '@pagerduty/pdjs') await node('pagerduty_rest', secure, ...rest);
        else if (name === 'pdpyras') await python('pagerduty_rest', 'pdpyras', plain, ...rest);
        else if (name === 'pagerduty for Python')
          await python('pagerduty_rest', 'pagerduty', `https://${secure}`, ...rest);
        else await go('pagerduty-rest', plain, ...rest);
        const open = await tocsin.admin.get<Page<Alert>>(
          `/api/monitoring/alerts?status=open&service=${encodeURIComponent(name)}`,
        );
        strictEqual(open.items.length, 0);
      },
    })),
    {
      title:
        'go-pagerduty: verifies the webhooks of an incident, by the secret that the subscription was answered with',
      check: async () => {
        const { key, sender, service } = await restScene('webhooks');
        const received: { readonly signature: string; readonly body: string }[] = [];
        const receiver = createHttpServer((request, response) => {
          void text(request).then((body) => {
            received.push({ signature: String(request.headers['x-pagerduty-signature']), body });
            response.end();
          });
        }).listen(0, '127.0.0.1');
        closing.push(async () => void receiver.close());
        await once(receiver, 'listening');
        const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
        const post = async <T>(path: string, body: object): Promise<T> => {
          const answer = await fetch(`${tocsin.url}/api.pagerduty.com${path}`, {
            method: 'POST',
            headers: { authorization: `Token token=${key}`, from: sender, 'content-type': 'application/json' },
            body: JSON.stringify(body),
          });
          ok(answer.ok, `${path} ${answer.status}`);
          return (await answer.json()) as T;
        };
        const { webhook_subscription: made } = await post<{
          webhook_subscription: { delivery_method: { secret: string } };
        }>('/webhook_subscriptions', {
          webhook_subscription: {
            delivery_method: { type: 'http_delivery_method', url },
            events: ['incident.triggered', 'incident.annotated'],
            filter: { type: 'service_reference', id: service },
          },
        });
        const title = 'Webhook ä😀';
        // What was read before is believed for twenty seconds.
        await eventually('an event arrives', { withinMs: 60_000 }, async () => {
          const { incident } = await post<{ incident: { id: string } }>('/incidents', {
            incident: { title, service: { id: service } },
          });
          await post(`/incidents/${incident.id}/notes`, { note: { content: 'hi' } });
          ok(received.length > 0);
        });
        const file = join(temporaryDirectory('vendors-webhook'), 'body');
        for (const { signature, body } of received.slice(0, 2)) {
          await writeFile(file, body);
          await go('pagerduty-webhook', made.delivery_method.secret, signature, file);
        }
        const events = received.map(
          ({ body }) => JSON.parse(body).event as { event_type: string; data: { title?: string } },
        );
        ok(events.some(({ event_type, data }) => event_type === 'incident.annotated' || data.title === title));
      },
    },
    {
      title: 'Alertmanager: pagerduty_configs and opsgenie_configs open and resolve an alert',
      check: async () => {
        const [routing, genie] = [await integration('pagerduty', 'am'), await integration('opsgenie', 'am')];
        const directory = temporaryDirectory('vendors-alertmanager');
        const config = join(directory, 'alertmanager.yml');
        await writeFile(
          config,
          `route: { receiver: tocsin, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 2s }
receivers:
  - name: tocsin
    pagerduty_configs:
      - { routing_key: '${routing}', url: '${tocsin.url}/v2/enqueue', send_resolved: true }
    opsgenie_configs:
      - { api_key: '${genie}', api_url: '${tocsin.url}/', update_alerts: true, send_resolved: true }
`,
        );
        const server = await serveAlertmanager(alertmanager, directory, config);
        closing.push(server.stop);
        const push = async (alert: object): Promise<void> => {
          const { status } = await fetch(`http://${server.address}/api/v2/alerts`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify([{ labels: { alertname: 'ByVendors', severity: 'critical' }, ...alert }]),
          });
          strictEqual(status, 200);
        };
        const become = (state: string): Promise<void> =>
          eventually(`both are ${state}`, { withinMs: 20_000 }, async () => {
            const found = [...(await alertsOf('pagerduty:am')), ...(await alertsOf('opsgenie:am'))];
            deepStrictEqual(
              found.map(({ status }) => status),
              [state, state],
            );
          });
        await push({});
        await become('open');
        await push({ endsAt: new Date(Date.now() - 1000).toISOString() });
        await become('resolved');
      },
    },
  ];
}
