import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { gatewayKeysOf } from './gateway-keys.ts';

/** What AWS does and the emulator behind it does not. */
export interface Front {
  readonly endpoint: string;
  /** What SNS says about the texts of the account. The emulator has no answer. */
  texts: { readonly isInSandbox: boolean; readonly monthlyDollars: number };
  /** Paths that are not reached, as if the network were cut. */
  isCut: (path: string) => boolean;
  /** The actions of an alarm that CloudWatch writes into its history. The emulator executes them, and writes nothing. */
  actionsOf: (alarm: string) => Promise<readonly string[]>;
  stop(): void;
}

/**
 * An address before the emulator, to which commands and callers talk. API Gateway takes the usage key from the authorizer's answer, and
 * this emulator takes it from a header: calls of an API carry one of its keys.
 */
export async function startFront(emulator: string, region: string): Promise<Front> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const gateway = new APIGatewayClient({ endpoint: emulator, region, credentials });
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const front: Front = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    texts: { isInSandbox: true, monthlyDollars: 1 },
    isCut: () => false,
    actionsOf: async () => [],
    stop: () => end(server),
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url = '/', headers } = request;
    if (front.isCut(url)) {
      response.writeHead(503).end();
      return;
    }
    const [, apiId] = /^\/_aws\/execute-api\/(\w+)\//.exec(url) ?? [];
    if (apiId !== undefined) {
      const [key] = await gatewayKeysOf(gateway, apiId);
      if (key !== undefined) headers['x-api-key'] = key;
    } else if (headers['x-amz-target']?.toString().endsWith('.DescribeAlarmHistory')) {
      const { AlarmName = '' } = JSON.parse(await text(request)) as { readonly AlarmName?: string };
      response.setHeader('content-type', 'application/x-amz-json-1.0').end(JSON.stringify(await historyOf(AlarmName)));
      return;
    } else if (headers['content-type'] === 'application/x-www-form-urlencoded') {
      const body = await text(request);
      const known = ofTexts(new URLSearchParams(body).get('Action') ?? '');
      if (known !== undefined) response.setHeader('content-type', 'text/xml').end(known);
      else pass(request, response, body);
      return;
    }
    pass(request, response);
  };

  const historyOf = async (AlarmName: string) => ({
    AlarmHistoryItems: (await front.actionsOf(AlarmName)).map((arn) => ({
      AlarmName,
      HistoryItemType: 'Action',
      HistorySummary: `Successfully executed action ${arn}`,
    })),
  });

  /** https://docs.aws.amazon.com/sns/latest/api/ */
  const ofTexts = (action: string): string | undefined => {
    const { isInSandbox, monthlyDollars } = front.texts;
    if (action === 'GetSMSSandboxAccountStatus') return xml(action, `<IsInSandbox>${isInSandbox}</IsInSandbox>`);
    if (action !== 'GetSMSAttributes') return undefined;
    const limit = `<entry><key>MonthlySpendLimit</key><value>${monthlyDollars}</value></entry>`;
    return xml(action, `<attributes>${limit}</attributes>`);
  };

  const pass = (request: IncomingMessage, response: ServerResponse, body?: string): void => {
    const { method, url, headers } = request;
    const passed = send(emulator + url, { method, headers }, (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(response);
    });
    passed.on('error', (error) => response.destroy(error));
    if (body === undefined) request.pipe(passed);
    else passed.end(body);
  };

  return front;
}

const xml = (action: string, result: string): string =>
  `<${action}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><${action}Result>${result}</${action}Result></${action}Response>`;

const end = (server: Server): void => {
  server.closeAllConnections();
  server.close();
};
