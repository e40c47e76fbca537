import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accepts } from '../../../local/emulator/services/sns/filter-policy.ts';
import { SEVERITIES, STATUSES } from '../../../functions/alerts/alert.ts';
import { TRANSITION_TYPES } from '../../../functions/alerts/transitions.ts';
import { endpointProblem } from '../../../functions/alerts/subscriptions/endpoint.ts';
import {
  DEFAULT_TRANSITIONS,
  filterOf,
  policyOf,
  tooWide,
} from '../../../functions/alerts/subscriptions/filter-policy.ts';
import {
  INCIDENT_HAPPENINGS,
  maskedEndpoint,
  subscriptionId,
  type SubscriptionFilter,
} from '../../../functions/alerts/subscriptions/subscription.ts';

const rules = { allowsPrivate: false, topicArn: 'arn:aws:sns:eu-central-1:111122223333:alerts' };

const wants = (filter: SubscriptionFilter, attributes: Record<string, string>): boolean =>
  accepts(policyOf(filter), 'MessageAttributes', {
    body: '{}',
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    ),
  });

describe('a filter', () => {
  const all = { severity: 'critical', status: 'open', source: 's', environment: 'prod', transition: 'opened' };

  it.each(TRANSITION_TYPES)('that names no transitions: %s', (transition) => {
    const isQuiet = ['snoozed', 'assigned', 'noted'].includes(transition);
    expect(wants({}, { ...all, transition })).toBe(!isQuiet);
  });

  it('takes what fits one value of each field', () => {
    const filter = { severities: ['critical', 'error'] as const, services: ['checkout', 'cart'] };
    const of = (severity: string, service: string) =>
      wants({ severities: [...filter.severities], services: filter.services }, { ...all, severity, service });
    expect([of('critical', 'cart'), of('warning', 'cart'), of('error', 'other')]).toEqual([true, false, false]);
  });

  it('on a field that an alert does not have leaves it out', () => {
    expect(wants({ teams: ['payments'] }, all)).toBe(false);
  });

  it('that names incidents is about these; about alerts too where it names transitions', () => {
    const incident = { severity: 'SEV1', status: 'triggered', incident: 'opened', environment: 'prod' };
    const both = { incidents: ['opened' as const], transitions: [...TRANSITION_TYPES] };
    const cases = [{}, { incidents: ['opened' as const] }, both, { incidents: ['update_published' as const] }];
    expect(cases.map((filter) => [wants(filter, incident), wants(filter, all)])).toEqual([
      [false, true],
      [true, false],
      [true, true],
      [false, false],
    ]);
    expect(wants({ ...both, severities: ['SEV2'] }, incident)).toBe(false);
  });

  it('of all transitions is no condition', () => {
    expect(policyOf({ transitions: [...TRANSITION_TYPES] })).toEqual({});
  });

  it('is the same when it is read back from SNS', () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 5 });
    const subset = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
    fc.assert(
      fc.property(
        fc.record(
          {
            severities: subset(SEVERITIES),
            services: names,
            sources: names,
            teams: names,
            transitions: subset(TRANSITION_TYPES),
            statuses: subset(STATUSES),
            environments: names,
            incidents: subset(INCIDENT_HAPPENINGS),
          },
          { requiredKeys: [] },
        ),
        (filter) => {
          const read = filterOf(JSON.stringify(policyOf(filter)));
          const transitions = filter.transitions ?? (filter.incidents ? undefined : DEFAULT_TRANSITIONS);
          const expected = { ...filter, ...(transitions && { transitions }) };
          const sorted = (of: object | null) =>
            Object.fromEntries(
              Object.entries(of ?? {}).map(([name, values]) => [name, [...(values as string[])].sort()]),
            );
          expect(sorted(read)).toEqual(sorted(expected));
        },
      ),
    );
  });

  it.each(['{', '[]', 'null', '{"transition":[{"prefix":"a"}]}', '{"region":["x"]}', '{"severity":["worst"]}'])(
    'that was set elsewhere in other words has none here: %s',
    (policy) => expect(filterOf(policy)).toBeNull(),
  );

  it('no filter at all means everything', () => expect(filterOf('')).toEqual({ transitions: [...TRANSITION_TYPES] }));

  it('of more than five attributes, or 150 combinations, is more than SNS takes', () => {
    const six = {
      severities: ['info'],
      services: ['a'],
      sources: ['a'],
      teams: ['a'],
      statuses: ['open'],
    } as SubscriptionFilter;
    expect(tooWide(policyOf(six))).toMatch(/5 attributes/);
    expect(tooWide(policyOf({ ...six, transitions: [...TRANSITION_TYPES] }))).toBeUndefined();
    const values = (count: number) => Array.from({ length: count }, (_, i) => `v${i}`);
    expect(tooWide(policyOf({ services: values(50), teams: values(3) }))).toBeUndefined();
    expect(tooWide(policyOf({ services: values(50), teams: values(4) }))).toMatch(/200/);
  });
});

describe('an endpoint', () => {
  it.each([
    ['email', 'night.shift+oncall@example.com'],
    ['sms', '+4930901820'],
    ['https', 'https://pager.example.com/hooks/x?token=y'],
    ['https', 'https://pager.example.com:8443'],
    ['https', 'https://93.184.216.34/'],
    ['https', 'https://[2606:2800:220:1:248:1893:25c8:1946]/'],
    ['sqs', 'arn:aws:sqs:eu-central-1:111122223333:alerts'],
    ['lambda', 'arn:aws:lambda:us-east-1:111122223333:function:pager:live'],
  ] as const)('%s %s', (protocol, endpoint) => expect(endpointProblem(protocol, endpoint, rules)).toBeUndefined());

  it.each([
    ['email', 'nobody'],
    ['email', 'a@b'],
    ['email', 'a@b.c\r\nBcc: x@y.z'],
    ['email', 'Anna <anna@example.com>'],
    ['sms', '030 901820'],
    ['sms', '+0123456'],
    ['sms', '+1234567890123456'],
    ['http', 'http://example.com/'],
    ['https', 'http://example.com/'],
    ['https', 'https://user:pass@example.com/'],
    ['https', 'https://example.com/#x'],
    ['https', 'ftp://example.com/'],
    ['https', 'https://localhost/'],
    ['https', 'https://localhost./'],
    ['https', 'https://intranet/'],
    ['https', 'https://db.internal/'],
    ['https', 'https://printer.local/'],
    ['https', 'https://127.0.0.1/'],
    ['https', 'https://127.1/'],
    ['https', 'https://2130706433/'],
    ['https', 'https://0x7f000001/'],
    ['https', 'https://0177.0.0.1/'],
    ['https', 'https://10.0.0.1/'],
    ['https', 'https://100.64.1.1/'],
    ['https', 'https://172.31.255.255/'],
    ['https', 'https://192.168.1.1/'],
    ['https', 'https://169.254.169.254/latest/meta-data'],
    ['https', 'https://0.0.0.0/'],
    ['https', 'https://[::1]/'],
    ['https', 'https://[::]/'],
    ['https', 'https://[fe80::1]/'],
    ['https', 'https://[fd00::1]/'],
    ['https', 'https://[::ffff:127.0.0.1]/'],
    ['https', 'https://[64:ff9b::7f00:1]/'],
    ['https', 'https://[2002:7f00:1::]/'],
    ['https', 'https://１２７.0.0.1/'],
    ['sqs', 'arn:aws-cn:sqs:cn-north-1:111122223333:alerts'],
    ['sqs', 'arn:aws:sqs:eu-central-1:111122223333:alerts.fifo'],
    ['sqs', 'https://sqs.eu-central-1.amazonaws.com/111122223333/alerts'],
    ['lambda', 'arn:aws:sqs:eu-central-1:111122223333:alerts'],
    ['lambda', 'arn:aws:lambda:eu-central-1:111122223333:layer:x'],
  ] as const)('not %s %s', (protocol, endpoint) =>
    expect(endpointProblem(protocol, endpoint, rules)).toBeTypeOf('string'),
  );

  it('may be plain http and on this machine where the stage says so', () => {
    const local = { ...rules, allowsPrivate: true };
    expect(endpointProblem('http', 'http://127.0.0.1:9480/hook', local)).toBeUndefined();
    expect(endpointProblem('https', 'https://localhost:9480/hook', local)).toBeUndefined();
    expect(endpointProblem('http', 'http://u:p@127.0.0.1/', local)).toBeTypeOf('string');
  });

  it.each([
    ['email', 'night.shift@example.com', 'n***@example.com'],
    ['sms', '+4930901820', '+49***20'],
    ['https', 'https://hooks.example.com/services/T0/B0/secret', 'https://hooks.example.com/***'],
    ['https', 'https://hooks.example.com/?token=secret', 'https://hooks.example.com/***'],
    ['https', 'https://hooks.example.com', 'https://hooks.example.com'],
    ['https', 'not a url', '***'],
    ['sqs', 'arn:aws:sqs:eu-central-1:111122223333:alerts', 'arn:aws:sqs:eu-central-1:111122223333:alerts'],
  ])('%s %s is shown as %s', (protocol, endpoint, shown) => expect(maskedEndpoint(protocol, endpoint)).toBe(shown));

  it('and its protocol name the subscription', () => {
    const id = subscriptionId(rules.topicArn, 'email', 'a@example.com');
    expect(id).toMatch(/^sub_[0-9a-f]{32}$/);
    expect(id).not.toBe(subscriptionId(rules.topicArn, 'sms', 'a@example.com'));
  });
});
