import { beforeAll, describe, expect, test } from 'vitest';
import { STAGES } from '../../infra/config.ts';
import { ofType, STACKS, templatesOf, type Resource, type Templates } from '../support/templates.ts';
import { summaryOf } from '../support/template-summary.ts';

const names = Object.keys(STAGES);
const made = new Map<string, Templates>();

beforeAll(async () => {
  for (const name of names) made.set(name, await templatesOf(name));
}, 180_000);

const of = (name: string): Templates => made.get(name) ?? expect.fail(name);

/** Logical ids are written down, since another id would be another, empty resource. */
const STATEFUL = {
  tables: ['AlertsTable', 'AuditTable', 'AuthTable', 'HealthTable', 'IncidentsTable', 'OncallTable', 'PagingTable'],
  secrets: ['FirstAdminSecret', 'PagingSecret', 'SigningKeysSecret', 'StandbySecret'],
  keys: ['DataKey'],
  topics: ['AlertsTopic', 'PagesTopic', 'SmsRepliesTopic'],
} as const;

describe('cdk-nag', () => {
  test('has no finding on any stage that is not acknowledged, by which synthesis would fail', () => {
    expect(names.map((name) => Object.keys(of(name)).length)).toEqual([5, 5, 5]);
  });
});

describe.each(names)('stage %s', (name) => {
  const ids = (type: string): string[] =>
    ofType(of(name), type, 'data')
      .map(([id]) => id)
      .sort();
  const all = (type: string, ...stacks: readonly (typeof STACKS)[number][]) => ofType(of(name), type, ...stacks);
  const stage = STAGES[name];
  const kept = stage?.retainData ? 'Retain' : 'Delete';

  test('keeps what is stateful in the data stack, under logical ids that no move of code changes', () => {
    expect(ids('AWS::DynamoDB::Table')).toEqual(STATEFUL.tables);
    expect(ids('AWS::SecretsManager::Secret')).toEqual(STATEFUL.secrets);
    expect(ids('AWS::SNS::Topic')).toEqual(STATEFUL.topics);
    expect(ids('AWS::KMS::Key')).toEqual(stage?.customerManagedKey ? STATEFUL.keys : []);
    for (const type of ['AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret', 'AWS::KMS::Key', 'AWS::SNS::Topic']) {
      expect(all(type, 'app', 'api', 'observability'), type).toEqual([]);
    }
  });

  test('lets no check reach the loopback of Lambda, nor any address that is not of the open internet', () => {
    const ranges = all('AWS::Lambda::Function', 'app').flatMap(([, { Properties }]) => {
      const { Variables } = (Properties['Environment'] ?? {}) as { Variables?: Record<string, string> };
      return Variables?.['TARGET_RANGES'] ?? [];
    });
    expect(ranges.length).toBeGreaterThan(1);
    expect(new Set(ranges)).toEqual(new Set(['none']));
  });

  test(`${kept === 'Retain' ? 'leaves its data behind' : 'takes its data along'} when a stack goes`, () => {
    const stateful = [
      'AWS::DynamoDB::Table',
      'AWS::SecretsManager::Secret',
      'AWS::KMS::Key',
      'AWS::SNS::Topic',
      'AWS::SQS::Queue',
    ].flatMap((type) => all(type, 'data'));
    for (const [id, resource] of stateful) {
      expect([id, resource.DeletionPolicy, resource.UpdateReplacePolicy]).toEqual([id, kept, kept]);
    }
  });

  test('protects its tables from deletion and can restore them, where data is kept, and encrypts all that holds some', () => {
    for (const [, { Properties }] of all('AWS::DynamoDB::Table')) {
      expect(Properties['DeletionProtectionEnabled']).toBe(stage?.retainData);
      expect(Properties['PointInTimeRecoverySpecification']).toEqual({
        PointInTimeRecoveryEnabled: stage?.pointInTimeRecovery,
      });
      expect(Properties['SSESpecification']).toMatchObject({ SSEEnabled: true });
    }
    const key = expect.objectContaining({ 'Fn::GetAtt': ['DataKey', 'Arn'] }) as unknown;
    if (!stage?.customerManagedKey) return;
    for (const [id, { Properties }] of all('AWS::SecretsManager::Secret'))
      expect([id, Properties['KmsKeyId']]).toEqual([id, key]);
    for (const [id, { Properties }] of all('AWS::SQS::Queue', 'data'))
      expect([id, Properties['KmsMasterKeyId']]).toEqual([id, key]);
    for (const [id, { Properties }] of all('AWS::SNS::Topic'))
      expect([id, Properties['KmsMasterKeyId']]).toEqual([id, key]);
  });

  test('has dead letters for each queue that a function reads, and an alarm on each queue of dead letters', () => {
    const queues = new Map(all('AWS::SQS::Queue'));
    const read = all('AWS::Lambda::EventSourceMapping')
      .map(([, { Properties }]) => queueIn(queues, Properties['EventSourceArn']))
      .filter((id) => id !== undefined);
    expect(read.length).toBeGreaterThan(1);
    const redriven = [...queues].filter(([, { Properties }]) => Properties['RedrivePolicy']);
    expect(redriven.map(([id]) => id)).toEqual(expect.arrayContaining(read));
    const alarmed = all('AWS::CloudWatch::Alarm')
      .filter(([, { Properties }]) => Properties['MetricName'] === 'ApproximateNumberOfMessagesVisible')
      .map(([, { Properties }]) => queueIn(queues, Properties['Dimensions']));
    const deadLetters = [...queues.keys()].filter((id) => !redriven.some(([other]) => other === id));
    expect(alarmed.sort()).toEqual(deadLetters.sort());
    for (const [, { Properties }] of redriven) {
      expect(deadLetters).toContain(
        queueIn(queues, (Properties['RedrivePolicy'] as Record<string, unknown>)['deadLetterTargetArn']),
      );
    }
    for (const [, { Properties }] of all('AWS::Lambda::EventSourceMapping')) {
      if (queueIn(queues, Properties['EventSourceArn'])) continue;
      expect(deadLetters).toContain(queueIn(queues, Properties['DestinationConfig']));
    }
  });

  test('has an alarm that rings while a function keeps failing, at whatever waits for it', () => {
    const queues = new Map(all('AWS::SQS::Queue'));
    const alarmed = (metric: string, id: string): boolean =>
      all('AWS::CloudWatch::Alarm').some(
        ([, { Properties: p }]) => p['MetricName'] === metric && JSON.stringify(p['Dimensions']).includes(id),
      );
    const of = (type: string, id: string): Resource[] =>
      all(type)
        .filter(([, { Properties }]) => JSON.stringify(Properties['FunctionName']).includes(id))
        .map(([, resource]) => resource);
    expect(alarmed('5XXError', stage?.name ?? '')).toBe(true);
    for (const [id] of all('AWS::Lambda::Function')) {
      const sources = of('AWS::Lambda::EventSourceMapping', id);
      for (const { Properties } of sources) {
        const queue = queueIn(queues, Properties['EventSourceArn']);
        const rings = queue ? alarmed('ApproximateAgeOfOldestMessage', queue) : alarmed('IteratorAge', id);
        expect(rings, id).toBe(true);
      }
      const invokers = of('AWS::Lambda::Permission', id).map(({ Properties }) => Properties['Principal']);
      expect(invokers.length + sources.length, id).toBeGreaterThan(0);
      if (invokers.includes('events.amazonaws.com')) expect(alarmed('Errors', id), id).toBe(true);
    }
  });

  test('allows a function whose messages come back to it, by queues and topics, to go on for longer than sixteen rounds', () => {
    const queues = new Map(all('AWS::SQS::Queue'));
    const topics = new Map(all('AWS::SNS::Topic'));
    const policies = all('AWS::IAM::Policy').map(([, { Properties }]) => Properties);
    const functions = all('AWS::Lambda::Function');
    const readers = all('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => ({
      queue: queueIn(queues, Properties['EventSourceArn']),
      fn: JSON.stringify(Properties['FunctionName']),
    }));
    const subscribed = (topic: string) =>
      all('AWS::SNS::Subscription')
        .filter(([, { Properties }]) => queueIn(topics, Properties['TopicArn']) === topic)
        .flatMap(([, { Properties }]) => queueIn(queues, Properties['Endpoint']) ?? []);
    /** The functions that hear what a function sends. */
    const hears = (role: string): Set<string> => {
      const statements = policies
        .filter(({ Roles }) => JSON.stringify(Roles).includes(`"${role}"`))
        .flatMap(
          ({ PolicyDocument }) => (PolicyDocument as { Statement: { Action: unknown; Resource: unknown }[] }).Statement,
        );
      const reached = (action: string, among: ReadonlyMap<string, Resource>) =>
        statements
          .filter(({ Action }) => [Action].flat().includes(action))
          .flatMap(({ Resource }) => [Resource].flat().flatMap((each) => queueIn(among, each) ?? []));
      const sentTo = [...reached('sqs:SendMessage', queues), ...reached('sns:Publish', topics).flatMap(subscribed)];
      return new Set(
        functions
          .map(([id]) => id)
          .filter((id) => readers.some(({ queue, fn }) => queue && sentTo.includes(queue) && fn.includes(id))),
      );
    };
    const next = new Map(
      functions.map(([id, { Properties }]) => {
        const [role = ''] = (Properties['Role'] as { 'Fn::GetAtt': string[] })['Fn::GetAtt'];
        return [id, hears(role)];
      }),
    );
    const comesBack = (id: string): boolean => {
      const seen = new Set<string>();
      const waiting = [...(next.get(id) ?? [])];
      for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
        if (each === id) return true;
        if (!seen.has(each)) waiting.push(...(next.get(each) ?? []));
        seen.add(each);
      }
      return false;
    };
    const allowed = functions.filter(([, { Properties }]) => Properties['RecursiveLoop'] === 'Allow').map(([id]) => id);
    expect(allowed.sort()).toEqual(
      functions
        .map(([id]) => id)
        .filter(comesBack)
        .sort(),
    );
    expect(allowed.length).toBeGreaterThan(0);
  });

  test('lets queues and the topic be reached by TLS only', () => {
    const denied = (type: string) =>
      all(type).filter(([, { Properties }]) => JSON.stringify(Properties).includes('"aws:SecureTransport":"false"'));
    expect(denied('AWS::SQS::QueuePolicy')).toHaveLength(all('AWS::SQS::Queue').length);
    expect(denied('AWS::SNS::TopicPolicy')).toHaveLength(all('AWS::SNS::Topic').length);
  });

  test('gives each function its own log for a while, tracing, arm64 and the Node that runs here', () => {
    const functions = all('AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(10);
    const logGroups = functions.map(([, { Properties }]) => {
      expect(Properties['TracingConfig']).toEqual({ Mode: 'Active' });
      expect(Properties['Architectures']).toEqual(['arm64']);
      expect(Properties['Runtime']).toBe('nodejs24.x');
      return (Properties['LoggingConfig'] as { LogGroup: { Ref: string } }).LogGroup.Ref;
    });
    expect(new Set(logGroups).size).toBe(functions.length);
    const groups = new Map(all('AWS::Logs::LogGroup'));
    for (const id of logGroups) expect(groups.get(id)?.Properties['RetentionInDays']).toBe(stage?.logRetentionDays);
  });
});

test.each(STACKS)('the %s stack of prod is what was reviewed last', async (stack) => {
  await expect(summaryOf(of('prod')[stack])).toMatchFileSnapshot(`snapshots/${stack}.txt`);
});

/** The queue that a property names, by its logical id, here or as the export of another stack. */
const queueIn = (queues: ReadonlyMap<string, Resource>, property: unknown): string | undefined => {
  const text = JSON.stringify(property) ?? '';
  return [...queues.keys()].find((id) => text.includes(`"${id}"`) || text.includes(`GetAtt${id}`));
};
