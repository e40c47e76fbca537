import { durationText } from '../shell/figures.ts';
import type { Check, CheckType } from './monitor.ts';

/** Each type of check: its name, and what it is good for. */
export const TYPES = {
  http: ['HTTP', 'An address answers: its status, its text, its speed and its certificates.'],
  heartbeat: ['Heartbeat', 'A job reports in time: backups, imports, cron. Silence opens the alert.'],
  tcp: ['TCP', 'A port accepts connections: a database, a queue, a mail server.'],
  tls: ['TLS', 'Certificates of a port are trusted and do not expire soon.'],
  dns: ['DNS', 'A name resolves, and to what you expect.'],
  scrape: ['Prometheus', 'A /metrics page answers, and its series become metrics.'],
  cloudwatch: ['CloudWatch', 'Metrics of the AWS account become metrics here, and are as expected.'],
  self: ['Tocsin itself', 'None of the alarms on Tocsin’s own queues and functions rings.'],
} as const satisfies Readonly<Record<CheckType, readonly [name: string, description: string]>>;

export const TYPE_NAMES = Object.keys(TYPES) as CheckType[];

/** What is checked, in a line. */
export const checkText = (check: Check): string => {
  switch (check.type) {
    case 'http':
      return `${check.method === 'GET' ? '' : `${check.method} `}${check.url}`;
    case 'scrape':
      return check.url;
    case 'tcp':
    case 'tls':
      return `${check.host}:${check.port}`;
    case 'dns':
      return `${check.recordType} of ${check.name}`;
    case 'cloudwatch':
      return check.queries.map(({ id, metricName, expression }) => metricName ?? expression ?? id).join(', ');
    case 'self':
      return 'The alarms of Tocsin';
    case 'heartbeat':
      return `${check.cron === undefined ? `Every ${durationText(check.periodSeconds ?? 0)}` : `${check.cron} (${check.timeZone})`}, ${durationText(check.graceSeconds)} of grace`;
  }
};

/** What a check expects beyond an answer, each in a line. */
export const expectations = (check: Check): readonly string[] => {
  const said = (condition: unknown, text: string): string[] => (condition === undefined ? [] : [text]);
  switch (check.type) {
    case 'http':
      return [
        `The status is ${check.expectedStatus.join(' or ')}`,
        ...said(check.contains, `The answer contains “${check.contains}”`),
        ...said(check.lacks, `The answer does not contain “${check.lacks}”`),
        ...said(check.jsonPath, `The path ${check.jsonPath} selects something`),
        ...said(check.matches, `The answer matches ${check.matches}`),
        ...said(check.maxLatencyMs, `It answers within ${check.maxLatencyMs} ms`),
        ...said(check.minTlsDays, `Its certificates are good for ${check.minTlsDays} more days`),
      ];
    case 'tcp':
      return ['The port accepts a connection'];
    case 'tls':
      return [`Its certificates are trusted, and good for ${check.minDays} more days`];
    case 'dns':
      return check.expected.length === 0 ? ['It resolves'] : check.expected.map((each) => `It resolves to ${each}`);
    case 'scrape':
      return check.metrics.map((each) => `It has ${each}`);
    case 'cloudwatch':
      return check.expect.map(({ query, operator, value }) => `${query} is ${operator} ${value}`);
    case 'self':
      return ['No alarm rings', ...check.ignore.map((each) => `Alarms with “${each}” are left out`)];
    case 'heartbeat':
      return ['The job reports in time'];
  }
};
