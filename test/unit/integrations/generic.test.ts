import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JSONValue } from 'json-p3';
import { applyMapping, type Mapped } from '../../../functions/integrations/generic/apply.ts';
import { Mapping } from '../../../functions/integrations/generic/mapping.ts';
import { bodyOf } from '../../../functions/integrations/generic/message.ts';
import { PRESETS, type PresetName } from '../../../functions/integrations/generic/presets.ts';
import { tryMapping } from '../../../functions/integrations/generic/try-mapping.ts';
import { runs } from '../../support/runs.ts';

const WORDS = { defaultSeverity: 'error', severities: {} } as const;
const run = (mapping: object, body: JSONValue, headers: Readonly<Record<string, string>> = {}): readonly Mapped[] =>
  applyMapping(Mapping.parse(mapping), body, { header: (name) => headers[name], words: WORDS });
const only = (mapping: object, body: JSONValue, headers?: Readonly<Record<string, string>>): Mapped => {
  const [first, ...more] = run(mapping, body, headers);
  expect(more).toEqual([]);
  if (!first) throw new Error('no event');
  return first;
};

describe('a mapping', () => {
  const least = { key: '$.id', title: '$.title' };

  it('takes fields by path, by text, with words, patterns and defaults', () => {
    const mapping = {
      key: { from: ['$.alert.id', '$.id'] },
      title: '{{ $.host }} is {{ $.state }}',
      description: { from: '$.missing', otherwise: 'No details.' },
      severity: { from: '$.level', lookup: { sev1: 'critical', '*': 'info' } },
      service: { from: '$.tags', extract: 'service:(\\w+)' },
      team: { from: 'header.x-team' },
      labels: { host: '$.host', ratio: '$.ratio', list: '$.list', gone: '$.gone' },
      annotations: { link: "$['a link'][0].url" },
      labelsFrom: '$.more',
    };
    const body = {
      id: 7,
      host: 'db-1',
      state: 'full',
      level: 'SEV1',
      tags: 'env:prod,service:shop',
      ratio: 0.5,
      list: [1, 'b'],
      more: { zone: 'a', host: 'other', none: null },
      'a link': [{ url: 'https://x.test' }],
    };
    expect(only(mapping, body, { 'x-team': 'payments' })).toMatchObject({
      action: 'trigger',
      event: {
        dedupKey: '7',
        title: 'db-1 is full',
        description: 'No details.',
        severity: 'critical',
        service: 'shop',
        team: 'payments',
        labels: { host: 'db-1', ratio: '0.5', list: '[1,"b"]', zone: 'a' },
        annotations: { link: 'https://x.test' },
      },
    });
  });

  it.each([
    [{}, 'trigger'],
    [{ state: 'ok' }, 'resolve'],
    [{ state: 'OK ' }, 'resolve'],
    [{ state: 'seen' }, 'acknowledge'],
    [{ state: 'test' }, 'ignore'],
    [{ state: 'ok', test: 1 }, 'ignore'],
  ])('of %j decides: %s', (body, action) => {
    const mapping = {
      ...least,
      ignore: {
        any: [
          { value: '$.test', exists: true },
          { value: '$.state', matches: '^te' },
        ],
      },
      resolve: { value: '$.state', is: ['ok', 'recovered'] },
      acknowledge: { all: [{ value: '$.state', is: 'seen' }, { not: { value: '$.id', exists: false } }] },
    };
    expect(only(mapping, { id: 'a', title: 't', ...body }).action).toBe(action);
  });

  it('with a condition to trigger ignores what fits none', () => {
    const mapping = { ...least, trigger: { value: '$.state', is: 'down' } };
    expect(only(mapping, { id: 'a', title: 't', state: 'pending' })).toMatchObject({
      action: 'ignore',
      why: 'No condition holds.',
    });
  });

  it('takes a message apart, and one event that cannot be mapped stops no other', () => {
    const mapping = { ...least, events: '$.alerts', labels: { group: '$$.group' } };
    const alerts = [{ id: 'a', title: 'A' }, { title: 'no key' }, { id: 'c' }, 7, { id: 'd', title: 'D' }];
    expect(run(mapping, { group: 'g', alerts })).toMatchObject([
      { action: 'trigger', event: { dedupKey: 'a', labels: { group: 'g' } } },
      { action: 'reject', why: expect.stringContaining('The key finds nothing') },
      { action: 'reject', why: 'The title finds nothing.' },
      { action: 'reject' },
      { action: 'trigger', event: { dedupKey: 'd' } },
    ]);
    expect(run(mapping, {})).toMatchObject([{ action: 'reject', why: '$.alerts finds nothing in the message.' }]);
    expect(run(mapping, { alerts: Array.from({ length: 101 }, () => ({})) })).toMatchObject([
      { action: 'reject', why: 'The message has 101 events. It may have 100.' },
    ]);
  });

  it('rejects a message that has none of the fields between which a key or a title has words', () => {
    const mapping = { key: '{{ $.host }}/{{ $.disk }}', title: '{{ $.disk }} of {{ $.host }} is full' };
    for (const message of [{}, [], 'x', 5, { other: 1 }, { host: '', disk: ' ' }])
      expect(run(mapping, message)).toMatchObject([
        { action: 'reject', why: expect.stringContaining('The key finds') },
      ]);
    expect(run(mapping, { host: 'db-1' })).toMatchObject([{ action: 'trigger', event: { dedupKey: 'db-1/' } }]);
    expect(run({ key: 'the one', title: 'A constant' }, {})).toMatchObject([{ action: 'trigger' }]);
  });

  it('says what each field and condition came to', () => {
    const { steps } = only(
      { ...least, resolve: { value: '$.state', is: 'ok' }, service: '$.service' },
      { id: 'a', title: 't' },
    );
    expect(steps).toEqual([
      { name: 'resolve', value: 'false' },
      { name: 'key', value: 'a' },
      { name: 'title', value: 't' },
      { name: 'service', value: null },
    ]);
  });

  it.each([
    ['$.a[*]', 'several values'],
    ['$..a', 'several values'],
    ['$.a[?@.b==1]', 'several values'],
    ['$.a[', 'is no path'],
    ['{{ title }}', 'is no path. Write {{ $.alert.title }}'],
    ['{{ $.a[*] }}', 'several values'],
  ])('refuses %s', (title, why) => {
    const { error } = Mapping.safeParse({ ...least, title });
    expect(JSON.stringify(error?.issues)).toContain(why);
  });

  it.each(['(', '(?=a)', 'a{1000}{1000}'])('refuses the pattern %s', (pattern) => {
    expect(Mapping.safeParse({ ...least, title: { from: '$.a', extract: pattern } }).success).toBe(false);
  });

  it('never throws, whatever the message is, and its key is the same each time', () => {
    const mapping = Mapping.parse({
      ...least,
      events: '$.events',
      resolve: { value: '$.state', matches: 'ok|up' },
      severity: { from: '$.severity', lookup: { constructor: 'info' } },
      labelsFrom: '$.labels',
      annotationsFrom: '$',
      description: { from: '$.text', extract: '(a+)+$' },
    });
    const event = fc.oneof(
      fc.record({
        id: fc.jsonValue(),
        title: fc.jsonValue(),
        state: fc.jsonValue(),
        labels: fc.jsonValue(),
        severity: fc.jsonValue(),
        text: fc.string(),
      }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.oneof(fc.record({ events: fc.oneof(event, fc.array(event)) }), fc.jsonValue()), (body) => {
        const apply = () => applyMapping(mapping, body as JSONValue, { header: () => undefined, words: WORDS });
        expect(apply()).toEqual(apply());
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe('a body', () => {
  it.each([
    ['{"a":1}', 'application/json', { a: 1 }],
    ['{"a":1}', '', { a: 1 }],
    ['a=1&b=two+words', 'application/x-www-form-urlencoded', { a: '1', b: 'two words' }],
    ['payload=%7B%22a%22%3A1%7D', 'Application/X-WWW-Form-Urlencoded; charset=utf-8', { payload: { a: 1 } }],
    ['not json', 'application/json', undefined],
    ['', '', undefined],
  ])('%s of type %s', (text, type, body) => {
    expect(bodyOf(text, type)).toEqual(body);
  });
});

/** Messages as the vendors document them: one that opens an alert, one that resolves it, and what it must be. */
const VENDORS: Readonly<
  Record<
    PresetName,
    {
      readonly opens: JSONValue;
      readonly ends?: JSONValue;
      readonly acknowledges?: JSONValue;
      readonly ignored?: JSONValue;
      readonly headers?: Readonly<Record<string, string>>;
      readonly is: object;
    }
  >
> = {
  cloudwatch: {
    opens: {
      AlarmName: 'cpu',
      AlarmArn: 'arn:aws:cloudwatch:eu-central-1:1:alarm:cpu',
      AWSAccountId: '1',
      NewStateValue: 'ALARM',
      NewStateReason: 'Threshold Crossed',
      StateChangeTime: '2026-11-30T03:00:42.236+0000',
      Region: 'EU (Frankfurt)',
      Trigger: { MetricName: 'CPUUtilization', Namespace: 'AWS/EC2' },
    },
    ends: { AlarmName: 'cpu', AlarmArn: 'arn:aws:cloudwatch:eu-central-1:1:alarm:cpu', NewStateValue: 'OK' },
    ignored: {
      AlarmName: 'cpu',
      AlarmArn: 'arn:aws:cloudwatch:eu-central-1:1:alarm:cpu',
      NewStateValue: 'INSUFFICIENT_DATA',
    },
    is: {
      dedupKey: 'arn:aws:cloudwatch:eu-central-1:1:alarm:cpu',
      title: 'cpu',
      description: 'Threshold Crossed',
      labels: { namespace: 'AWS/EC2' },
    },
  },
  eventbridge: {
    opens: {
      version: '0',
      id: '121345678-1234-1234-1234-123456789012',
      'detail-type': 'AWS Health Event',
      source: 'aws.health',
      account: '123456789012',
      time: '2026-06-05T06:27:57Z',
      region: 'eu-central-1',
      resources: ['i-abcd1111'],
      detail: {
        eventArn: 'arn:aws:health:eu-central-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/x',
        service: 'EC2',
        eventTypeCode: 'AWS_EC2_OPERATIONAL_ISSUE',
        eventTypeCategory: 'issue',
        statusCode: 'open',
        eventDescription: [{ language: 'en_US', latestDescription: 'Instances are slow.' }],
      },
    },
    ends: {
      id: '2',
      'detail-type': 'AWS Health Event',
      source: 'aws.health',
      time: '2026-06-05T07:27:57Z',
      detail: {
        eventArn: 'arn:aws:health:eu-central-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/x',
        statusCode: 'closed',
      },
    },
    ignored: {
      id: '3',
      'detail-type': 'CodePipeline Action Execution State Change',
      source: 'aws.codepipeline',
      resources: ['arn:aws:codepipeline:eu-central-1:123456789012:shop'],
      detail: { pipeline: 'shop', stage: 'Build', action: 'Compile', state: 'FAILED' },
    },
    is: {
      dedupKey: 'arn:aws:health:eu-central-1::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/x',
      title: 'AWS_EC2_OPERATIONAL_ISSUE',
      description: 'Instances are slow.',
      severity: 'error',
      labels: { account: '123456789012', region: 'eu-central-1', source: 'aws.health' },
    },
  },
  lambda: {
    opens: {
      version: '1.0',
      timestamp: '2026-11-14T18:16:05.568Z',
      requestContext: {
        requestId: 'e4b46cbf-b738-xmpl-8880-a18cdf61200e',
        functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:bill:$LATEST',
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
      },
      requestPayload: { secret: 'x' },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorMessage: 'RequestId: e4b46cbf Process exited', errorType: 'Runtime.ExitError' },
    },
    ends: {
      timestamp: '2026-11-14T19:16:05.568Z',
      requestContext: {
        functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:bill:$LATEST',
        condition: 'Success',
      },
    },
    is: {
      dedupKey: 'arn:aws:lambda:eu-central-1:123456789012:function:bill:$LATEST',
      title: 'arn:aws:lambda:eu-central-1:123456789012:function:bill:$LATEST failed: RetriesExhausted',
      description: 'RequestId: e4b46cbf Process exited',
      service: 'bill',
      annotations: { attempts: '3', errorType: 'Runtime.ExitError', request: 'e4b46cbf-b738-xmpl-8880-a18cdf61200e' },
    },
  },
  grafana: {
    opens: {
      receiver: 'tocsin',
      status: 'firing',
      externalURL: 'https://grafana.test/',
      version: '1',
      title: '[FIRING:1] Errors',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'Errors', severity: 'critical', service: 'shop', grafana_folder: 'ops' },
          annotations: { summary: 'Many errors' },
          startsAt: '2026-11-30T03:00:00Z',
          fingerprint: 'f1',
          valueString: '[ var=A value=7 ]',
          panelURL: 'https://grafana.test/d/1?viewPanel=2',
          silenceURL: 'https://grafana.test/s',
        },
      ],
    },
    ends: {
      status: 'resolved',
      alerts: [{ status: 'resolved', labels: { alertname: 'Errors' }, annotations: {}, fingerprint: 'f1' }],
    },
    is: {
      dedupKey: 'f1',
      title: 'Many errors',
      severity: 'critical',
      service: 'shop',
      labels: { grafana_folder: 'ops' },
      annotations: { panelURL: 'https://grafana.test/d/1?viewPanel=2', externalURL: 'https://grafana.test/' },
    },
  },
  datadog: {
    opens: {
      key: 'abc',
      transition: 'Triggered',
      type: 'error',
      priority: 'P2',
      title: '[Triggered on {host:db-1}] Disk full',
      text: 'Disk is full',
      host: 'db-1',
      metric: 'system.disk',
      scope: 'host:db-1',
      tags: 'env:prod,service:shop,team:payments',
      link: 'https://app.datadoghq.test/1',
    },
    ends: { key: 'abc', transition: 'Recovered', type: 'success', title: '[Recovered on {host:db-1}] Disk full' },
    is: {
      dedupKey: 'abc',
      title: 'Disk full',
      severity: 'error',
      service: 'shop',
      team: 'payments',
      labels: { host: 'db-1' },
    },
  },
  sentry: {
    opens: {
      action: 'created',
      data: {
        issue: {
          id: '123',
          title: 'TypeError',
          culprit: 'checkout',
          level: 'fatal',
          permalink: 'https://sentry.test/123',
          project: { slug: 'shop' },
        },
      },
    },
    ends: { action: 'resolved', data: { issue: { id: '123', title: 'TypeError' } } },
    ignored: { action: 'assigned', data: { issue: { id: '123', title: 'TypeError' } } },
    headers: { 'sentry-hook-resource': 'issue' },
    is: {
      dedupKey: '123',
      title: 'TypeError',
      severity: 'critical',
      service: 'shop',
      annotations: { link: 'https://sentry.test/123' },
    },
  },
  azure: {
    opens: {
      schemaId: 'azureMonitorCommonAlertSchema',
      data: {
        essentials: {
          alertId: '/subscriptions/1/alerts/2',
          alertRule: 'CPU high',
          severity: 'Sev1',
          signalType: 'Metric',
          monitorCondition: 'Fired',
          monitoringService: 'Platform',
          alertTargetIDs: ['/vm/1'],
          configurationItems: ['vm-1'],
          description: 'CPU over 90 %',
        },
        alertContext: {},
      },
    },
    ends: {
      data: {
        essentials: { alertId: '/subscriptions/1/alerts/2', alertRule: 'CPU high', monitorCondition: 'Resolved' },
      },
    },
    is: {
      dedupKey: '/subscriptions/1/alerts/2',
      title: 'CPU high',
      severity: 'error',
      service: 'vm-1',
      labels: { target: '/vm/1' },
    },
  },
  'google-cloud': {
    opens: {
      version: '1.2',
      incident: {
        incident_id: '0.abc',
        scoping_project_id: 'p',
        url: 'https://console.test',
        state: 'open',
        summary: 'CPU',
        policy_name: 'CPU high',
        condition_name: 'over 90',
        severity: 'Critical',
        resource_display_name: 'vm-1',
      },
    },
    ends: { incident: { incident_id: '0.abc', state: 'closed', policy_name: 'CPU high' } },
    is: { dedupKey: '0.abc', title: 'CPU high', severity: 'critical', service: 'vm-1', labels: { project: 'p' } },
  },
  'new-relic': {
    opens: {
      id: 'i-1',
      issueUrl: 'https://nr.test',
      title: 'Apdex low',
      priority: 'HIGH',
      impactedEntities: ['shop'],
      state: 'ACTIVATED',
      alertPolicyNames: ['Golden'],
      alertConditionNames: ['Apdex'],
    },
    ends: { id: 'i-1', title: 'Apdex low', state: 'CLOSED' },
    acknowledges: { id: 'i-1', title: 'Apdex low', state: 'ACKNOWLEDGED' },
    is: { dedupKey: 'i-1', title: 'Apdex low', severity: 'error', service: 'shop', labels: { policy: 'Golden' } },
  },
  'uptime-kuma': {
    opens: {
      heartbeat: { monitorID: 3, status: 0, msg: 'timeout', important: true },
      monitor: { id: 3, name: 'Shop', url: 'https://shop.test', type: 'http' },
      msg: '[Shop] [Down] timeout',
    },
    ends: { heartbeat: { monitorID: 3, status: 1, msg: '200' }, monitor: { id: 3, name: 'Shop' }, msg: '[Shop] [Up]' },
    ignored: { heartbeat: null, monitor: null, msg: 'Testing' },
    is: {
      dedupKey: '3 Shop',
      title: 'Shop is down',
      description: 'timeout',
      service: 'Shop',
      labels: { url: 'https://shop.test' },
    },
  },
  zabbix: {
    opens: {
      event_id: '991',
      value: '1',
      update_status: '0',
      acknowledged: 'No',
      name: 'Disk full',
      severity: 'Disaster',
      host: 'db-1',
      details: '99 %',
      link: '',
    },
    ends: {
      event_id: '991',
      value: '0',
      update_status: '0',
      acknowledged: 'Yes',
      name: 'Disk full',
      severity: 'Disaster',
      host: 'db-1',
    },
    acknowledges: {
      event_id: '991',
      value: '1',
      update_status: '1',
      acknowledged: 'Yes',
      name: 'Disk full',
      host: 'db-1',
    },
    ignored: { event_id: '991', value: '1', update_status: '1', acknowledged: 'No', name: 'Disk full', host: 'db-1' },
    is: { dedupKey: '991', title: 'Disk full', severity: 'critical', service: 'db-1', description: '99 %' },
  },
  jira: {
    opens: {
      webhookEvent: 'jira:issue_created',
      issue: {
        key: 'OPS-1',
        self: 'https://jira.test/1',
        fields: {
          summary: 'Shop is slow',
          description: 'since noon',
          priority: { name: 'Highest' },
          status: { statusCategory: { key: 'new' } },
          project: { key: 'OPS', name: 'Operations' },
          issuetype: { name: 'Incident' },
        },
      },
    },
    ends: {
      webhookEvent: 'jira:issue_updated',
      issue: { key: 'OPS-1', fields: { summary: 'x', status: { statusCategory: { key: 'done' } } } },
    },
    acknowledges: {
      webhookEvent: 'jira:issue_updated',
      issue: { key: 'OPS-1', fields: { summary: 'x', status: { statusCategory: { key: 'indeterminate' } } } },
    },
    is: {
      dedupKey: 'OPS-1',
      title: 'OPS-1 Shop is slow',
      severity: 'critical',
      service: 'Operations',
      labels: { project: 'OPS' },
    },
  },
};

describe.each(Object.entries(VENDORS))('%s', (name, { opens, ends, acknowledges, ignored, headers, is }) => {
  const { mapping } = PRESETS[name as PresetName];
  const dedupKey = (is as { dedupKey: string }).dedupKey;

  it('has a mapping that a person could have written', () => {
    expect(Mapping.parse(mapping)).toEqual(mapping);
  });

  it('opens an alert', () => {
    expect(only(mapping, opens, headers)).toMatchObject({ action: 'trigger', event: is });
  });

  const others = [
    ['resolve', ends],
    ['acknowledge', acknowledges],
    ['ignore', ignored],
  ] as const;
  it.each(others.filter(([, message]) => message !== undefined))(
    '%s concerns the same alert, or none',
    (action, message) => {
      const mapped = only(mapping, message ?? null, headers);
      expect(mapped).toMatchObject(action === 'ignore' ? { action } : { action, dedupKey });
    },
  );

  it('is tried by its name on a message', () => {
    const tried = {
      type: name as PresetName,
      body: JSON.stringify(opens),
      headers: headers ?? {},
      ...WORDS,
    };
    expect(tryMapping(tried).events).toMatchObject([{ action: 'trigger', event: { dedupKey } }]);
  });
});

/** Events of EventBridge as AWS documents them. */
const EVENTS = {
  'a finding of GuardDuty': [
    {
      source: 'aws.guardduty',
      'detail-type': 'GuardDuty Finding',
      id: '1',
      time: '2026-11-21T03:00:00Z',
      resources: [],
      detail: { id: 'sample-1', title: 'A port is probed.', severity: 8.2, description: 'From 198.51.100.0.' },
    },
    { action: 'trigger', event: { dedupKey: 'sample-1', title: 'A port is probed.', severity: 'error' } },
  ],
  'a finding of Security Hub': [
    {
      source: 'aws.securityhub',
      'detail-type': 'Security Hub Findings - Imported',
      id: '1',
      time: '2026-11-21T03:00:00Z',
      resources: ['arn:aws:securityhub:eu-central-1::product/aws/x'],
      detail: {
        findings: [
          {
            Id: 'f-1',
            Title: 'S3.1',
            Severity: { Label: 'MEDIUM' },
            RecordState: 'ACTIVE',
            Workflow: { Status: 'NEW' },
          },
        ],
      },
    },
    { action: 'trigger', event: { dedupKey: 'f-1', title: 'S3.1', severity: 'warning' } },
  ],
  'a finding of Security Hub that passes': [
    { source: 'aws.securityhub', detail: { findings: [{ Id: 'f-1', Compliance: { Status: 'PASSED' } }] } },
    { action: 'resolve', dedupKey: 'f-1' },
  ],
  'a pipeline that fails': [
    {
      source: 'aws.codepipeline',
      'detail-type': 'CodePipeline Pipeline Execution State Change',
      resources: ['arn:aws:codepipeline:eu-central-1:123456789012:shop'],
      detail: { pipeline: 'shop', state: 'FAILED' },
    },
    { action: 'trigger', event: { title: 'CodePipeline Pipeline Execution State Change shop' } },
  ],
  'a pipeline that succeeds': [
    { source: 'aws.codepipeline', resources: ['arn:p'], detail: { pipeline: 'shop', state: 'SUCCEEDED' } },
    { action: 'resolve', dedupKey: 'arn:p' },
  ],
  'a pipeline that starts': [
    { source: 'aws.codepipeline', resources: ['arn:p'], detail: { pipeline: 'shop', state: 'STARTED' } },
    { action: 'ignore' },
  ],
  'a function that failed': [
    {
      source: 'lambda',
      'detail-type': 'Lambda Function Invocation Result - Failure',
      resources: ['arn:f'],
      detail: { requestContext: { functionArn: 'arn:f' }, responsePayload: { errorMessage: 'boom' } },
    },
    { action: 'trigger', event: { dedupKey: 'arn:f', description: 'boom' } },
  ],
  'any other event': [
    { source: 'shop', 'detail-type': 'Order lost', id: 'e-1', detail: { order: 7 } },
    { action: 'trigger', event: { dedupKey: 'e-1', title: 'Order lost', description: '{"order":7}' } },
  ],
} as const;

describe('eventbridge', () => {
  it.each(Object.entries(EVENTS))('%s', (_, [event, outcome]) => {
    expect(only(PRESETS.eventbridge.mapping, event as never)).toMatchObject(outcome);
  });

  it('an event that comes again has the order of the first, by which it changes nothing', () => {
    const [event] = EVENTS['a finding of GuardDuty'];
    expect(only(PRESETS.eventbridge.mapping, event as never).order).toBe('2026-11-21T03:00:00.000Z');
  });
});
