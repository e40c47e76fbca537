import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { cloudWatch } from '../../../shared/aws/cloudwatch.ts';

let server: Server;
let seen: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
let answers: { readonly status: number; readonly body: string }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += String(chunk)));
    request.on('end', () => {
      seen.push({ headers: request.headers, body });
      const { status, body: answer } = answers.shift() ?? { status: 200, body: '{}' };
      response.writeHead(status).end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_CLOUDWATCH: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
});
beforeEach(() => {
  [seen, answers] = [[], []];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const MetricDataQueries = [
  {
    Id: 'a',
    MetricStat: {
      Metric: { Namespace: 'AWS/SQS', MetricName: 'M', Dimensions: [{ Name: 'a', Value: 'b' }] },
      Period: 60,
      Stat: 'Sum',
    },
    ReturnData: true,
  },
];
const from = 1_795_230_000;
const asked: GetMetricDataCommandInput = {
  StartTime: new Date(from * 1000),
  EndTime: new Date((from + 60) * 1000),
  ScanBy: 'TimestampDescending',
  MetricDataQueries,
};

describe('CloudWatch', () => {
  test('is asked by its JSON protocol, signed for the region, and understood', async () => {
    const result = { Id: 'a', Timestamps: [1795230000], Values: [2.5], StatusCode: 'Complete' };
    answers = [{ status: 200, body: JSON.stringify({ MetricDataResults: [result], Messages: [] }) }];
    expect(await cloudWatch().getMetricData(asked)).toMatchObject({
      MetricDataResults: [{ ...result, Timestamps: [new Date(from * 1000)] }],
    });
    expect(seen[0]?.headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData',
      authorization: expect.stringMatching(/\/eu-central-1\/monitoring\/aws4_request/),
    });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ ...asked, StartTime: from, EndTime: from + 60 });
    await cloudWatch('us-west-2').describeAlarms({ AlarmNamePrefix: 'p', StateValue: 'ALARM', MaxRecords: 1 });
    expect(seen[1]?.headers).toMatchObject({
      'x-amz-target': 'GraniteServiceVersion20100801.DescribeAlarms',
      authorization: expect.stringMatching(/\/us-west-2\/monitoring\/aws4_request/),
    });
  });

  test('tells what it refuses; is asked again when it is throttled', async () => {
    answers = [{ status: 400, body: '{"__type":"com.amazonaws.cloudwatch#ValidationException","message":"too many"}' }];
    await expect(cloudWatch().getMetricData(asked)).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'too many',
    });
    answers = [{ status: 400, body: '{"__type":"ThrottlingException","message":"Rate exceeded"}' }];
    expect(await cloudWatch().getMetricData(asked)).toMatchObject({});
    expect(seen).toHaveLength(3);
  });
});
