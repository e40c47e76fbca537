import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { startTocsin } from '../test/support/tocsin.ts';
import { rate, row } from './measure.ts';

const ALERTS = 100;
const LANES = 8;
/** The functions that answer the requests. */
const ANSWERS: ReadonlySet<string> = new Set(['integrations', 'auth-authorizer']);
const WRITES: ReadonlySet<string> = new Set([
  ...['PutItem', 'UpdateItem', 'DeleteItem'],
  ...['BatchWriteItem', 'TransactWriteItems'],
]);

interface Consumed {
  readonly CapacityUnits?: number;
}

/** What functions spent at DynamoDB, by the name of the function. */
interface Spent {
  calls: number;
  writeUnits: number;
}

/**
 * The cost of a warning that an Alertmanager raises and resolves, with all that follows: its timeline, routing, escalation,
 * incidents and figures. Several come at once, as they do when something breaks, so functions share batches. Nobody is paged, and no incident
 * opens. Runs of schedules are left out, because they cost the same without an alert.
 */
export const alertRow = async (): Promise<void> => {
  const tocsin = await startTocsin({ maxEnvironments: 4 });
  const { runtime } = tocsin;
  const spent = new Map<string, Spent>();
  const starts = new Map<string, number>();
  const counter = await countingProxy(runtime.services.endpoints['AWS_ENDPOINT_URL_DYNAMODB'] ?? '', spent);
  try {
    runtime.lambdas.configure({ ...runtime.services.endpoints, AWS_ENDPOINT_URL_DYNAMODB: counter.url });
    runtime.lambdas.onSettled((name) => starts.set(name, (starts.get(name) ?? 0) + 1));
    const nameOf = (physicalId: string): string =>
      String(runtime.assembly.find(physicalId)?.properties['Environment'].Variables.POWERTOOLS_SERVICE_NAME);
    const admin = await tocsin.admin();
    const made = await admin.post<{ key: string }>('/api/api-keys', {
      ...{ name: 'bench', permissions: ['integrations.ingest'], tier: 'machine' },
    });
    const { key } = made.body;
    const report = async (n: number, status: 'firing' | 'resolved'): Promise<void> => {
      const labels = { alertname: `Cost ${n}`, severity: 'warning', service: `service-${n % 10}` };
      const alert = {
        ...{ status, labels, annotations: {}, startsAt: '2026-11-21T03:00:00Z', generatorURL: '' },
        ...{
          endsAt: status === 'resolved' ? '2026-11-21T03:05:00Z' : '0001-01-01T00:00:00Z',
          fingerprint: `cost-${n}`,
        },
      };
      const answer = await tocsin
        .as()
        .post(`/api/integrations/${key}/alertmanager`, { version: '4', status, alerts: [alert] });
      if (answer.status !== 200) throw new Error(`The report was refused: ${JSON.stringify(answer.body)}`);
    };
    const life = async (from: number, count: number): Promise<void> => {
      for (const status of ['firing', 'resolved'] as const) {
        await rate(count, LANES, (n) => report(from + n, status));
        await runtime.idle();
      }
    };
    await life(0, 20);
    spent.clear();
    starts.clear();
    await life(1000, ALERTS);
    const schedules = new Set(
      runtime.assembly
        .byType('AWS::Events::Rule')
        .flatMap(({ properties }) => (properties['Targets'] as { Arn: string }[]).map(({ Arn }) => Arn))
        .map((arn) => runtime.assembly.find(arn)?.physicalId ?? arn),
    );
    const own = [...spent].filter(([name]) => !schedules.has(name));
    const beside = [...starts].filter(([name]) => !schedules.has(name) && !ANSWERS.has(nameOf(name)));
    const each = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / ALERTS;
    const writeUnits = each(own.map(([, { writeUnits }]) => writeUnits));
    const calls = each(own.map(([, { calls }]) => calls));
    const begun = each(beside.map(([, count]) => count));
    row('an alert, write units', writeUnits.toFixed(1), 'at most 12', writeUnits <= 12, writeUnits <= 14);
    row('an alert, table calls', calls.toFixed(1), 'at most 6', calls <= 6, calls <= 14);
    row('an alert, starts beside requests', begun.toFixed(1), 'at most 2', begun <= 2, begun <= 5);
    for (const [name, { calls, writeUnits }] of own) {
      const units = `${(calls / ALERTS).toFixed(1)} calls, ${(writeUnits / ALERTS).toFixed(1)} write units`;
      process.stdout.write(`  ${nameOf(name).padEnd(40)} ${units}\n`);
    }
  } finally {
    await tocsin.stop();
    counter.stop();
  }
};

/** Passes calls on to DynamoDB and counts, by the function that signed them, the calls and the write units. */
const countingProxy = async (endpoint: string, spent: Map<string, Spent>) => {
  const server = createServer((request, response) => {
    void (async () => {
      const operation = String(request.headers['x-amz-target'] ?? '').replace(/^.*\./, '');
      const asked = { ...(JSON.parse(await text(request)) as object), ReturnConsumedCapacity: 'TOTAL' };
      const { host: _host, 'content-length': _length, connection: _connection, ...headers } = request.headers;
      const answer = await fetch(endpoint, {
        method: 'POST',
        headers: headers as Record<string, string>,
        body: JSON.stringify(asked),
      });
      const body = await answer.text();
      const { ConsumedCapacity = [] } = JSON.parse(body) as { ConsumedCapacity?: Consumed | Consumed[] };
      const name = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const known = spent.get(name) ?? { calls: 0, writeUnits: 0 };
      known.calls++;
      if (WRITES.has(operation))
        known.writeUnits += [ConsumedCapacity].flat().reduce((all, { CapacityUnits = 0 }) => all + CapacityUnits, 0);
      spent.set(name, known);
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
    })();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
