import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { checksOf, type AwsSettings, type Plan } from '../../../operate/preflight/checks.ts';
import { report } from '../../../operate/report.ts';

/** What the services of an account answer. An error is the name that a service gives it. */
interface Account {
  readonly concurrency: number;
  readonly inSmsSandbox: boolean;
  readonly smsDollars: string;
  readonly mail: { readonly ProductionAccessEnabled: boolean; readonly SendingEnabled: boolean };
  readonly identities: Readonly<Record<string, boolean>>;
  readonly bootstrap: string | undefined;
  readonly apiKeys: number;
  readonly certificate: object;
}

const FINE: Account = {
  concurrency: 1000,
  inSmsSandbox: false,
  smsDollars: '50',
  mail: { ProductionAccessEnabled: true, SendingEnabled: true },
  identities: { 'example.com': true },
  bootstrap: '30',
  apiKeys: 12,
  certificate: { Status: 'ISSUED', SubjectAlternativeNames: ['*.example.com'] },
};
const NEW: Account = {
  concurrency: 10,
  inSmsSandbox: true,
  smsDollars: '1',
  mail: { ProductionAccessEnabled: false, SendingEnabled: true },
  identities: {},
  bootstrap: undefined,
  apiKeys: 0,
  certificate: { Status: 'PENDING_VALIDATION' },
};

const xml = (action: string, body: string): string =>
  `<${action}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><${action}Result>${body}</${action}Result></${action}Response>`;

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
};

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** An AWS that speaks the protocols of these services, at one address. */
const serve = async (account: Account): Promise<string> => {
  const answer = (path: string, target: string, body: string): [status: number, text: string] => {
    const url = new URL(path, 'http://aws');
    if (url.pathname.includes('/account-settings')) {
      return [200, JSON.stringify({ AccountLimit: { ConcurrentExecutions: account.concurrency } })];
    }
    if (url.pathname === '/v2/email/account') return [200, JSON.stringify(account.mail)];
    if (url.pathname.startsWith('/v2/email/identities/')) {
      const verified = account.identities[decodeURIComponent(url.pathname.split('/').at(-1) ?? '')];
      return verified === undefined
        ? [404, JSON.stringify({ __type: 'NotFoundException', message: 'no such identity' })]
        : [200, JSON.stringify({ VerifiedForSendingStatus: verified })];
    }
    if (url.pathname === '/apikeys') {
      const start = Number(url.searchParams.get('position') ?? 0);
      const size = Math.min(500, account.apiKeys - start);
      const item = Array.from({ length: size }, (_, i) => ({ id: String(start + i) }));
      const next = start + size < account.apiKeys ? { position: String(start + size) } : {};
      return [200, JSON.stringify({ item, ...next })];
    }
    if (target.endsWith('.GetParameter')) {
      return account.bootstrap === undefined
        ? [400, JSON.stringify({ __type: 'ParameterNotFound' })]
        : [200, JSON.stringify({ Parameter: { Value: account.bootstrap } })];
    }
    if (target.endsWith('.DescribeCertificate')) return [200, JSON.stringify({ Certificate: account.certificate })];
    const action = new URLSearchParams(body).get('Action');
    if (action === 'GetSMSSandboxAccountStatus') {
      return [200, xml(action, `<IsInSandbox>${account.inSmsSandbox}</IsInSandbox>`)];
    }
    if (action === 'GetSMSAttributes') {
      const entry = `<entry><key>MonthlySpendLimit</key><value>${account.smsDollars}</value></entry>`;
      return [200, xml(action, `<attributes>${entry}</attributes>`)];
    }
    return [400, JSON.stringify({ __type: 'UnknownOperationException', message: `${path} ${target} ${body}` })];
  };
  server = createServer((request, response) => {
    void textOf(request).then((body) => {
      const [status, text] = answer(request.url ?? '', String(request.headers['x-amz-target'] ?? ''), body);
      const name = (/"__type":"(\w+)"/.exec(text) ?? [])[1];
      response.writeHead(status, {
        'content-type': text.startsWith('<') ? 'text/xml' : 'application/x-amz-json-1.1',
        ...(name !== undefined && { 'x-amzn-errortype': name }),
      });
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const PROD: Plan = {
  isProduction: true,
  mailFrom: 'pager@example.com',
  domain: 'tocsin.example.com',
  certificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/1',
};

interface Table {
  readonly text: string;
  /** The verdict of each line, by its name. */
  readonly verdicts: Readonly<Record<string, string>>;
}

const tableOf = async (plan: Plan, settings: AwsSettings): Promise<Table> => {
  const lines: string[] = [];
  const verdicts: Record<string, string> = {};
  const checks = checksOf(plan, { region: 'eu-central-1', credentials: CREDENTIALS, ...settings });
  for (const check of checks) {
    const counts = await report([check], (line) => lines.push(line));
    verdicts[check.name] = Object.entries(counts).find(([, count]) => count > 0)?.[0] ?? '';
  }
  return { text: lines.join('\n'), verdicts };
};

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
const look = async (account: Account, plan: Plan = PROD): Promise<Table> =>
  tableOf(plan, { endpoint: await serve(account) });

describe('the preflight', () => {
  test('passes an account that has all it needs', async () => {
    const { verdicts, text } = await look(FINE);
    expect(new Set(Object.values(verdicts))).toEqual(new Set(['ok']));
    expect(text).toContain('→ Deploy with -c smsMonthlyDollars=50');
  });

  test('fails production in a new account, and says what to do about each line', async () => {
    const { verdicts, text } = await look(NEW);
    expect(verdicts).toEqual({
      'Lambda concurrency': 'failed',
      'SMS sandbox': 'failed',
      'SMS spend limit': 'failed',
      'E-mail sandbox': 'failed',
      'E-mail identity': 'failed',
      'CDK bootstrap': 'failed',
      'API Gateway keys': 'ok',
      Certificate: 'failed',
    });
    expect(text.match(/→/g)).toHaveLength(7);
  });

  test('lets a stage for trying things out begin in the sandboxes', async () => {
    const { verdicts } = await look({ ...NEW, concurrency: 400, bootstrap: '30' }, { isProduction: false });
    expect(verdicts).toEqual({
      'Lambda concurrency': 'warning',
      'SMS sandbox': 'warning',
      'SMS spend limit': 'warning',
      'CDK bootstrap': 'ok',
      'API Gateway keys': 'ok',
    });
  });

  test.each<[string, Partial<Account>, string]>([
    [
      'a certificate for another domain',
      { certificate: { Status: 'ISSUED', SubjectAlternativeNames: ['*.example.org'] } },
      'Certificate',
    ],
    ['an old bootstrap', { bootstrap: '5' }, 'CDK bootstrap'],
    ['an identity that is not verified yet', { identities: { 'pager@example.com': false } }, 'E-mail identity'],
    ['mail that AWS has paused', { mail: { ProductionAccessEnabled: true, SendingEnabled: false } }, 'E-mail sandbox'],
  ])('fails for %s', async (_, change, name) => {
    expect((await look({ ...FINE, ...change })).verdicts[name]).toBe('failed');
  });

  test('counts the keys of the whole account, page by page', async () => {
    const { verdicts, text } = await look({ ...FINE, apiKeys: 8_100 });
    expect(verdicts['API Gateway keys']).toBe('warning');
    expect(text).toContain('8100 of 10000');
  });

  test('reports what AWS does not answer as unknown, and looks at the rest', async () => {
    const { verdicts } = await tableOf(PROD, { endpoint: 'http://127.0.0.1:1' });
    expect(Object.keys(verdicts)).toHaveLength(8);
    expect(new Set(Object.values(verdicts))).toEqual(new Set(['unknown']));
  });
});
