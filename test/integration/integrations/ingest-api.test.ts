import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../../simulation/quiet.ts';
import { surface } from '../../../functions/integrations/http.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { ingestOn, type Ingest } from '../../support/ingest.ts';

let dynamo: TestDynamo;
let ingest: Ingest;
let handler: (event: never, context: never) => Promise<{ readonly statusCode: number }>;
beforeAll(async () => {
  dynamo = await startDynamo();
  ingest = await ingestOn(dynamo);
  const deps = ingest.container();
  handler = surface(() => deps) as unknown as typeof handler;
});
afterAll(() => dynamo.stop());

/**
 * What an HTTP API sends with payload format 1.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
const event = (resource: string, path: string, body: string, more: object = {}) =>
  ({
    version: '1.0',
    resource,
    path,
    httpMethod: 'POST',
    headers: { 'Content-Type': 'application/json', 'Content-Length': String(body.length), Host: 'id.execute-api' },
    multiValueHeaders: { 'Content-Type': ['application/json'] },
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    requestContext: {
      accountId: '111122223333',
      apiId: 'id',
      authorizer: { claims: null, scopes: null },
      domainName: 'id.execute-api.eu-central-1.amazonaws.com',
      httpMethod: 'POST',
      identity: { sourceIp: '192.0.2.1', userAgent: 'Alertmanager/0.28' },
      path,
      protocol: 'HTTP/1.1',
      requestId: 'id=',
      resourceId: null,
      resourcePath: resource,
      stage: '$default',
    },
    pathParameters: null,
    stageVariables: null,
    body,
    isBase64Encoded: false,
    ...more,
  }) as never;

const context = {} as never;
const pushed = (name: string) => JSON.stringify([{ labels: { alertname: name, severity: 'critical' } }]);

describe('an event of the HTTP API', () => {
  it('opens the alerts of a push, by the key in its header', async () => {
    const key = await ingest.key({ name: 'push' });
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const { statusCode } = await handler(
      event('/api/v2/alerts', '/api/v2/alerts', pushed('Down'), { headers }),
      context,
    );
    expect(statusCode).toBe(200);
    expect(await ingest.alertsOf('push')).toMatchObject([{ status: 'open', severity: 'critical' }]);
  });

  it('opens the alerts of a body that came in base64', async () => {
    const key = await ingest.key({ name: 'bytes' });
    const body = Buffer.from(pushed('Coded')).toString('base64');
    const headers = { authorization: `Bearer ${key}` };
    const sent = event('/api/v2/alerts', '/api/v2/alerts', body, { headers, isBase64Encoded: true });
    expect((await handler(sent, context)).statusCode).toBe(200);
    expect(await ingest.alertsOf('bytes')).toMatchObject([{ title: 'Coded' }]);
  });

  it('opens the alerts of a webhook, by the key in its path', async () => {
    const key = await ingest.key({ name: 'hook' });
    const alerts = [
      { status: 'firing', labels: { alertname: 'Hook' }, fingerprint: 'f1', startsAt: '2026-11-21T00:00:00Z' },
    ];
    const body = JSON.stringify({ version: '4', status: 'firing', receiver: 'tocsin', alerts });
    const path = `/api/integrations/${key}/alertmanager`;
    const sent = event('/api/integrations/{key}/alertmanager', path, body, { pathParameters: { key } });
    expect((await handler(sent, context)).statusCode).toBe(200);
    expect(await ingest.alertsOf('hook')).toMatchObject([{ title: 'Hook' }]);
  });

  it('is refused without a key: nobody is a caller because the event has an authorizer', async () => {
    const refused = await handler(event('/api/v2/alerts', '/api/v2/alerts', pushed('No')), context);
    expect(refused.statusCode).toBe(401);
  });
});
