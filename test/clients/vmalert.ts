import { deepStrictEqual, notStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Alert } from '../../functions/alerts/alert.ts';
import { start } from '../support/tools/child.ts';
import { eventually } from '../../operate/eventually.ts';
import { freePort } from '../support/tools/free-port.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { toolCache } from '../support/tools/paths.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';
import type { Scene } from './lifecycle.ts';

const patience = { withinMs: 30_000 };

/** A store of metrics that answers every query with one instance while something is down, and with none otherwise. */
async function startDatasource(closing: Scene['closing']) {
  let isDown = false;
  const server = createServer((request, response) => {
    request.resume();
    const result = isDown ? [{ metric: { instance: 'db1' }, value: [Math.floor(Date.now() / 1000), '1'] }] : [];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, goDown: () => (isDown = true), comeBack: () => (isDown = false) };
}

/** Tests of the alerts that a vmalert pushes at each evaluation. */
export function vmalertGuarantees(
  name: string,
  program: () => Promise<string>,
  { tocsin, closing }: Scene,
): readonly Guarantee[] {
  const credentials = {
    'bearer token': [`-notifier.bearerToken=${tocsin.machineKey}`],
    password: ['-notifier.basicAuth.username=vmalert', `-notifier.basicAuth.password=${tocsin.machineKey}`],
  };
  return Object.entries(credentials).map(([how, flags]) => ({
    title: `${name} → Tocsin, ${how}: opens one alert, counts repeats, resolves it, and opens another`,
    check: async () => {
      const alertName = `By ${name} with ${how}`;
      const directory = temporaryDirectory('vmalert');
      const rules = join(directory, 'rules.yml');
      await writeFile(rules, rulesOf(alertName));
      const datasource = await startDatasource(closing);
      const vmalert = await start(
        'vmalert',
        await program(),
        [
          `-rule=${rules}`,
          `-datasource.url=${datasource.url}`,
          `-notifier.url=${tocsin.url}`,
          `-httpListenAddr=127.0.0.1:${await freePort()}`,
          '-evaluationInterval=1s',
          ...flags,
        ],
        { cwd: directory, log: join(toolCache, 'logs', 'clients-vmalert.log') },
      );
      closing.push(vmalert.stop);
      const alerts = (): Promise<readonly Alert[]> => tocsin.alertsWith('alertname', alertName);
      const becomes = (what: string, statuses: readonly string[]): Promise<readonly Alert[]> =>
        eventually(what, patience, async () => {
          strictEqual(vmalert.exitCode(), undefined, vmalert.output());
          const found = await alerts();
          deepStrictEqual(found.map(({ status }) => status).toSorted(), statuses);
          return found;
        });

      datasource.goDown();
      const [opened] = await becomes('it is open', ['open']);
      strictEqual(opened?.labels['instance'], 'db1');
      ok(JSON.stringify(opened).includes('db1 is down'), 'the summary is lost');
      await eventually('it is counted', patience, async () => ok(((await alerts())[0]?.count ?? 0) >= 3, 'not yet'));
      datasource.comeBack();
      await becomes('it is resolved', ['resolved']);
      datasource.goDown();
      const both = await becomes('another is open', ['open', 'resolved']);
      notStrictEqual(both.find(({ status }) => status === 'open')?.id, opened?.id);
      datasource.comeBack();
      await becomes('both are resolved', ['resolved', 'resolved']);
      await vmalert.stop();
    },
  }));
}

const rulesOf = (alertName: string): string => `groups:
  - name: clients
    rules:
      - alert: ${alertName}
        expr: up == 0
        labels: { severity: critical }
        annotations: { summary: '{{ $labels.instance }} is down' }
`;
