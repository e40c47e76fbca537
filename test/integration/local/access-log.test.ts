import { gunzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { createAccessLog, type Accessed } from '../../../local/emulator/gateway/access-log.ts';
import type { Assembly, LocalClock, Resource } from '../../../local/emulator/types.ts';

const ARN = 'arn:aws:logs:eu-central-1:000000000000:log-group:access:*';
const resource = (type: string, properties: object, over: Partial<Resource> = {}): Resource =>
  ({ type, properties, physicalId: 'x', arn: 'x', ...over }) as Resource;

const accessLogOf = (pattern: string, invoke: (name: string, event: unknown) => Promise<unknown>) => {
  const resources = [
    resource('AWS::ApiGateway::Stage', {
      AccessLogSetting: {
        DestinationArn: ARN.replace(/:\*$/, ''),
        Format:
          '{"status":"$context.status","route":"$context.resourcePath","principal":"$context.authorizer.id","error":"$context.error.responseType"}',
      },
    }),
    resource('AWS::Logs::LogGroup', {}, { physicalId: 'access', arn: ARN }),
    resource('AWS::Logs::SubscriptionFilter', {
      LogGroupName: 'access',
      DestinationArn: 'fn',
      FilterPattern: pattern,
    }),
  ];
  const assembly = {
    account: '000000000000',
    byType: (type: string) => resources.filter((each) => each.type === type),
  } as unknown as Assembly;
  return createAccessLog({
    assembly,
    lambdas: { invoke },
    clock: { now: () => 5 } as LocalClock,
    log: () => undefined,
    kind: 'REST',
  });
};

const accessed = (status: number, over: Partial<Accessed> = {}): Accessed =>
  ({
    request: { requestId: `r${status}`, httpMethod: 'GET', sourceIp: '127.0.0.1' },
    caller: { authorizer: { id: 'usr_1' } },
    resourcePath: '/a/{id}',
    status,
    refusal: undefined,
    ...over,
  }) as Accessed;

const linesIn = (event: unknown): readonly string[] => {
  const { data } = (event as { awslogs: { data: string } }).awslogs;
  const batch = JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString()) as { logEvents: { message: string }[] };
  return batch.logEvents.map(({ message }) => message);
};

const PATTERN = '{ ($.status = "403") || ($.route = "/b") }';

describe('the access log of an API', () => {
  it('hands the lines that a pattern wants to the function, with what the gateway knows, and no others', async () => {
    const got: string[] = [];
    const log = accessLogOf(PATTERN, async (_name, event) => void got.push(...linesIn(event)));
    log.write(accessed(200));
    log.write(accessed(403, { refusal: 'ACCESS_DENIED' }));
    log.write(
      accessed(200, { resourcePath: '/b', caller: { authorizer: undefined, apiKey: undefined, apiKeyId: undefined } }),
    );
    await vi.waitFor(() => expect(got).toHaveLength(2));
    expect(got.map((each) => JSON.parse(each) as unknown)).toEqual([
      { status: '403', route: '/a/{id}', principal: 'usr_1', error: 'ACCESS_DENIED' },
      { status: '200', route: '/b', principal: '-', error: '-' },
    ]);
  });

  it('gathers what comes while the function works, and tries again where it fails', async () => {
    const batches: number[] = [];
    let isFirst = true;
    const log = accessLogOf(PATTERN, async (_name, event) => {
      if (isFirst) {
        isFirst = false;
        throw new Error('no execution was free');
      }
      batches.push(linesIn(event).length);
    });
    for (let i = 0; i < 4; i++) log.write(accessed(403));
    await vi.waitFor(() => expect(batches.reduce((sum, each) => sum + each, 0)).toBe(4));
    expect(batches.length).toBeLessThan(4);
  });

  it('says that it does not know a pattern', () => {
    expect(() => accessLogOf('{ $.status > 400 }', async () => undefined)).toThrow('not supported');
  });
});
