import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { buildSync } from 'esbuild';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { authorizer } from '../functions/auth/authorizer/authorize.ts';
import { table } from '../shared/aws/dynamo.ts';
import { bundleFunctions } from '../infra/bundle.ts';
import { authorizerRoutes } from '../infra/surface.ts';
import { takeTemporaryRoot } from '../test/support/tools/temporary-root.ts';
import { ADMIN_PASSWORD, startTocsin } from '../test/support/tocsin.ts';
import { alertRow } from './alert.ts';
import { auditRow } from './audit.ts';
import { median, quantile, rate, row, timed, verdicts } from './measure.ts';
import { memoryRow } from './memory.ts';
import { pageRow } from './page.ts';
import { startRows } from './start.ts';
import { collectionRow, metricsRow, observationRow } from './watch.ts';

takeTemporaryRoot();
const directory = mkdtempSync(join(tmpdir(), 'tocsin-bench-'));
// As many environments of a function as `npm start` has.
const tocsin = await startTocsin({ maxEnvironments: 4, dynamoFront: false });
try {
  const bundles = bundleFunctions();
  const login = await tocsin
    .as()
    .post<{ accessToken: string }>('/api/auth/login', { username: 'admin', password: ADMIN_PASSWORD });
  const token = login.body.accessToken;
  const admin = tocsin.as({ authorization: `Bearer ${token}` });
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, string>;
  const endpoint = tocsin.runtime.services.endpoints['AWS_ENDPOINT_URL_DYNAMODB'] ?? '';
  const tableOf = (context: string): string =>
    tocsin.runtime.assembly
      .byType('AWS::DynamoDB::Table')
      .find(({ logicalId }) => new RegExp(context, 'i').test(logicalId))?.physicalId ?? context;
  const environment = {
    AWS_REGION: tocsin.runtime.assembly.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AUTH_TABLE: tableOf('auth'),
    TOKEN_ISSUER: claims['iss'] ?? '',
    TOKEN_AUDIENCE: claims['aud'] ?? '',
    ACCESS_TOKEN_SECONDS: '900',
    STAGE: 'dev',
  };
  const event = {
    authorizationToken: `Bearer ${token}`,
    methodArn: `arn:aws:execute-api:${environment.AWS_REGION}:123456789012:api/dev/GET/api/auth/me`,
  };

  const client = new DynamoDBClient({
    endpoint,
    region: environment.AWS_REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const authorize = authorizer({
    auth: table(client, environment.AUTH_TABLE),
    issuer: environment.TOKEN_ISSUER,
    audience: environment.TOKEN_AUDIENCE,
    accessTokenSeconds: Number(environment.ACCESS_TOKEN_SECONDS),
    stage: 'dev',
    routes: authorizerRoutes(),
    clock: { now: () => new Date() },
  });
  const { body: jwks } = await tocsin.as().get<JSONWebKeySet>('/.well-known/jwks.json');
  const keys = createLocalJWKSet(jwks);
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < 3000; round++) {
    const a = await timed(() => authorize(event));
    const b = await timed(() => jwtVerify(token, keys));
    if (round >= 500) {
      ours.push(a);
      bare.push(b);
    }
  }
  const warm = median(ours) / median(bare);
  row('authorizer, warm / bare jwtVerify', warm.toFixed(2), 'at most 1.25', warm <= 1.25, warm <= 1.6);

  /** Milliseconds that a child process tells of `script`. */
  const inChild = (script: string): number =>
    Number(
      execFileSync(process.execPath, ['-e', script], { env: { ...process.env, ...environment }, encoding: 'utf8' }),
    );
  const entry = (name: string): string => JSON.stringify(join(bundles.directory(name), 'index.js'));
  /** A bundle of packages as esbuild makes it by itself, to measure ours against. */
  const bundleOf = (...packages: readonly string[]): string => {
    const outfile = join(directory, `${packages.length}.cjs`);
    buildSync({
      stdin: { contents: packages.map((each) => `export * from '${each}';`).join(''), resolveDir: import.meta.dirname },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
    return JSON.stringify(outfile);
  };
  const importOf = (file: string): number =>
    inChild(`const t=performance.now();require(${file});console.log(performance.now()-t)`);
  /** Imports of a function, each beside one of a bundle of the SDK alone. */
  const importRow = (name: string, what: string, sdkBundle: string, budget: number, gate: number): void => {
    const [own, sdk]: [number[], number[]] = [[], []];
    for (let round = 0; round < 15; round++) {
      own.push(importOf(entry(name)));
      sdk.push(importOf(sdkBundle));
    }
    const ratio = median(own) / median(sdk);
    row(what, ratio.toFixed(2), `at most ${budget}`, ratio <= budget, ratio <= gate);
  };
  importRow('auth-authorizer', 'authorizer import / client-dynamodb', bundleOf('@aws-sdk/client-dynamodb'), 1.3, 1.6);
  importRow(
    'alerts',
    'API handler import / client- and lib-dynamodb',
    bundleOf('@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb'),
    1.5,
    1.8,
  );

  const machine = async (name: string, permissions: string[]): Promise<Record<string, string>> => {
    const made = await admin.post<{ key: string }>('/api/api-keys', { name, permissions, tier: 'machine' });
    if (made.status !== 201) throw new Error(`No machine key: ${JSON.stringify(made.body)}`);
    return { authorization: `Bearer ${made.body.key}`, 'content-type': 'application/json' };
  };
  const raiser = await machine('bench-raiser', ['monitoring.write']);
  await tocsin.runtime.idle();
  const post = async (path: string, headers: Record<string, string>, body: unknown): Promise<string> => {
    const response = await fetch(tocsin.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${answer}`);
    return answer;
  };
  const [slot, item] = ['slot', 'item'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));
  await client.send(
    new CreateTableCommand({
      TableName: 'bench',
      AttributeDefinitions: [slot, item].filter((each) => each !== undefined),
      KeySchema: [
        { AttributeName: 'slot', KeyType: 'HASH' },
        { AttributeName: 'item', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const put = (n: number): Promise<unknown> =>
    client.send(
      new PutItemCommand({
        TableName: 'bench',
        Item: { slot: { S: `bench#${n}` }, item: { S: 'OPEN' }, body: { S: 'x'.repeat(600) } },
        ConditionExpression: 'attribute_not_exists(#slot)',
        ExpressionAttributeNames: { '#slot': 'slot' },
      }),
    );
  await rate(100, 8, (n) => put(n));
  const putsASecond = await rate(400, 8, (n) => put(1000 + n));

  const record = (path: string, body: unknown): Promise<string> => post(path, raiser, body);
  await metricsRow(tocsin, record, putsASecond);

  const seen = new Map<string, number>();
  const titles = new Map<string, number>();
  let confirmed = false;
  const server = createServer((request, response) => {
    const at = performance.now();
    void text(request).then(async (body) => {
      response.end();
      const envelope = JSON.parse(body) as { Type?: string; SubscribeURL?: string; Message?: string };
      if (envelope.Type === 'SubscriptionConfirmation') confirmed = (await fetch(envelope.SubscribeURL ?? '')).ok;
      if (envelope.Type === 'Notification') {
        const { alert } = JSON.parse(envelope.Message ?? '') as { alert: { id: string; title: string } };
        seen.set(alert.id, at);
        titles.set(alert.title, at);
      }
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const webhook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await admin.post('/api/monitoring/subscriptions', { protocol: 'http', endpoint: webhook });
  for (let i = 0; i < 200 && !confirmed; i++) await sleep(50);
  const delays: number[] = [];
  const posts: number[] = [];
  for (let n = 0; n < 110; n++) {
    const { id } = JSON.parse(
      await post('/api/monitoring/alerts', raiser, { title: `Bench ${n}`, severity: 'info', dedupKey: `bench-${n}` }),
    ) as { id: string };
    const accepted = performance.now();
    for (let i = 0; i < 2000 && !seen.has(id); i++) await sleep(1);
    const bareMs = await timed(async () => (await fetch(webhook, { method: 'POST', body: '{}' })).text());
    if (n < 10) continue;
    delays.push(Math.max(0, (seen.get(id) ?? Infinity) - accepted));
    posts.push(bareMs);
  }
  const [p99, bareP99] = [quantile(delays, 0.99), quantile(posts, 0.99)];
  const bound = 5 + 5 * bareP99;
  const told = `${p99.toFixed(1)} ms (bare POST ${bareP99.toFixed(1)} ms)`;
  row('accepted to webhook, p99', told, `at most ${bound.toFixed(1)} ms`, p99 <= bound, p99 <= 3 * bound);
  await observationRow(admin, record, (title) => titles.get(title));
  await pageRow(admin, (event) => record('/api/monitoring/alerts', event));
  server.close();
  server.closeAllConnections();
  await collectionRow(tocsin, admin);
} finally {
  await tocsin.stop();
  rmSync(directory, { recursive: true, force: true });
}
await auditRow();
await alertRow();
await memoryRow();
await startRows();
const { held, broken } = verdicts();
process.stdout.write(`\n${held} passed, ${broken} failed\n`);
process.exit(broken > 0 ? 1 : 0);
