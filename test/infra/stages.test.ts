import { beforeAll, describe, expect, test } from 'vitest';
import { STAGES } from '../../infra/config.ts';
import { ofType, STACKS, templatesOf, testedStages, type Resource, type Templates } from '../support/templates.ts';
import { summaryOf } from '../support/template-summary.ts';
import { parameterNames } from '../../shared/kernel/parameter-names.ts';

interface PolicyStatement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

// All of them in the long suite (../support/runs.ts).
const names = testedStages();
const made = new Map<string, Templates>();

beforeAll(async () => {
  for (const name of names) made.set(name, await templatesOf(name));
});

const of = (name: string): Templates => made.get(name) ?? expect.fail(name);

describe('cdk-nag', () => {
  test('has no finding on any stage that is not acknowledged, by which synthesis would fail', () => {
    expect(names.map((name) => Object.keys(of(name)).length)).toEqual(names.map(() => 5));
  });
});

describe.each(names)('stage %s', (name) => {
  const all = (type: string, ...stacks: readonly (typeof STACKS)[number][]) => ofType(of(name), type, ...stacks);
  const stage = STAGES[name];
  const kept = stage?.retainData ? 'RetainExceptOnCreate' : 'Delete';

  test('lets a function, queue or table go in one deployment: no stack exports, and none imports', () => {
    expect(JSON.stringify(of(name))).toContain('Fn::GetStackOutput');
    expect(JSON.stringify(of(name))).not.toMatch(/Fn::ImportValue/);
  });

  test('lets no check reach the loopback of Lambda, nor any address that is not of the open internet', () => {
    const ranges = all('AWS::Lambda::Function', 'app').flatMap(([, { Properties }]) => {
      const { Variables } = (Properties['Environment'] ?? {}) as { Variables?: Record<string, string> };
      return Variables?.['TARGET_RANGES'] ?? [];
    });
    expect(ranges.length).toBeGreaterThan(1);
    expect(new Set(ranges)).toEqual(new Set(['none']));
  });

  test(`${stage?.retainData ? 'leaves its data behind' : 'takes its data along'} when a stack goes, and leaves nothing of a first deployment that fails`, () => {
    const stateful = [
      'AWS::DynamoDB::Table',
      'AWS::SecretsManager::Secret',
      'AWS::KMS::Key',
      'AWS::SNS::Topic',
      'AWS::SQS::Queue',
    ].flatMap((type) => all(type, 'data'));
    for (const [id, resource] of stateful) {
      expect([id, resource.DeletionPolicy, resource.UpdateReplacePolicy]).toEqual([
        id,
        kept,
        stage?.retainData ? 'Retain' : 'Delete',
      ]);
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
    // The queue that takes what the table refuses must not depend on the key that the table may have refused it for.
    for (const [id, { Properties }] of all('AWS::SQS::Queue', 'data'))
      expect([id, Properties['KmsMasterKeyId'], Properties['SqsManagedSseEnabled']]).toEqual([id, undefined, true]);
    // Trouble with the key must be reported, too.
    for (const [id, { Properties }] of all('AWS::SNS::Topic'))
      expect([id, Properties['KmsMasterKeyId']]).toEqual([id, id === 'OperatorsTopic' ? undefined : key]);
  });

  test('has dead letters for each queue that a function reads, and for what a reader of a stream gives up', () => {
    const queues = new Map(all('AWS::SQS::Queue'));
    const mappings = all('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties);
    const read = mappings.map((each) => queueIn(queues, each['EventSourceArn'])).filter((id) => id !== undefined);
    expect(read.length).toBeGreaterThan(1);
    const redriven = [...queues].filter(([, { Properties }]) => Properties['RedrivePolicy']);
    expect(redriven.map(([id]) => id)).toEqual(expect.arrayContaining(read));
    const deadLetters = [...queues.keys()].filter((id) => !redriven.some(([other]) => other === id));
    // `npm run redrive` finds them by their names.
    expect(deadLetters.filter((id) => !id.includes('DeadLetters'))).toEqual([]);
    for (const [, { Properties }] of redriven) {
      expect(deadLetters).toContain(
        queueIn(queues, (Properties['RedrivePolicy'] as Record<string, unknown>)['deadLetterTargetArn']),
      );
    }
    for (const mapping of mappings) {
      if (queueIn(queues, mapping['EventSourceArn'])) continue;
      expect(deadLetters).toContain(queueIn(queues, mapping['DestinationConfig']));
    }
  });

  test('allows a function whose messages come back to it, by queues, topics and invocations, to go on for longer than sixteen rounds', () => {
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
      return new Set([
        ...functions
          .map(([id]) => id)
          .filter((id) => readers.some(({ queue, fn }) => queue && sentTo.includes(queue) && fn.includes(id))),
        ...reached('lambda:InvokeFunction', new Map(functions)),
      ]);
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

  test('drops ticks after two minutes, so that none pile up while functions are throttled', () => {
    const rules = all('AWS::Events::Rule').flatMap(([, { Properties }]) => Properties['Targets'] as { Arn: unknown }[]);
    const configured = all('AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => Properties);
    expect(rules.length).toBeGreaterThan(8);
    const [workers, ticks] = [configured.filter(isOfWorker), configured.filter((each) => !isOfWorker(each))];
    expect(ticks).toHaveLength(rules.length);
    for (const each of ticks) expect(each).toMatchObject({ MaximumEventAgeInSeconds: 120, MaximumRetryAttempts: 1 });
    // Checks of monitors are soon out of date, and events for webhooks and lines for the audit trail are not.
    expect(workers.map((each) => each['MaximumEventAgeInSeconds']).sort()).toEqual([300, 3_600, 3_600]);
    for (const each of workers) expect(each).toMatchObject({ MaximumRetryAttempts: 2 });
    for (const target of rules) expect(target).toMatchObject({ RetryPolicy: { MaximumEventAgeInSeconds: 120 } });
  });

  test('gives people eighteen hours to send back what a reader of a stream has given up: the stream has it for a day', () => {
    const readers = all('AWS::Lambda::EventSourceMapping').filter(([, { Properties: p }]) => p['StartingPosition']);
    expect(readers.length).toBeGreaterThan(8);
    for (const [id, { Properties: p }] of readers)
      expect([id, p['MaximumRecordAgeInSeconds']]).toEqual([id, 6 * 3_600]);
  });

  test('asks for the data keys of its queues once an hour, since KMS charges for each request', () => {
    const encrypted = all('AWS::SQS::Queue').filter(([, { Properties: p }]) => p['KmsMasterKeyId'] !== undefined);
    expect(encrypted.length > 10).toBe(stage?.customerManagedKey);
    for (const [id, { Properties: p }] of encrypted)
      expect([id, p['KmsDataKeyReusePeriodSeconds']]).toEqual([id, 3600]);
  });

  test('polls no queue that nothing sends to: answers by SMS are off', () => {
    const idle = all('AWS::Lambda::EventSourceMapping').filter(([, { Properties: p }]) => p['Enabled'] === false);
    expect(idle.map(([id]) => id)).toEqual([expect.stringContaining('Answers')]);
  });

  test('polls a queue only where a message must not wait for a minute', () => {
    const polled = all('AWS::Lambda::EventSourceMapping').flatMap(([id, { Properties: p }]) =>
      p['StartingPosition'] === undefined && p['Enabled'] !== false ? [id] : [],
    );
    const named = (part: string) => expect.stringContaining(part) as string;
    expect(polled.toSorted()).toEqual(
      ['HealthWakeQueue', 'IncidentsFeedQueue', 'PagingNewsQueue', 'PagingFeedQueue', 'PagingWakeQueue'].map(named),
    );
  });

  test('hands out monitors by the minute of the clock, not by a rate that begins at any second', () => {
    const crons = all('AWS::Events::Rule').filter(
      ([, { Properties }]) => Properties['ScheduleExpression'] === 'cron(* * * * ? *)',
    );
    expect(crons.map(([id]) => id)).toEqual([expect.stringContaining('HealthEachMinute')]);
    const inspections = all('AWS::Events::Rule', 'observability').map(([, { Properties }]) => Properties);
    expect(inspections).toMatchObject([{ ScheduleExpression: 'cron(0/5 * * * ? *)' }]);
  });

  test('has no secret, and makes its secret values at the deployment of its data', () => {
    expect(all('AWS::SecretsManager::Secret')).toEqual([]);
    const [values, ...others] = all('Custom::StageValues', 'data');
    expect(others).toEqual([]);
    // Without its deletion policy a deployment that no longer has it would delete the values.
    expect(values?.[1]).toMatchObject({
      DeletionPolicy: kept,
      Properties: { Keeps: String(stage?.retainData), KeyArn: stage?.customerManagedKey ? expect.anything() : 'none' },
    });
    // A new kind of value changes the resource, so a stage that exists has it made by its next deployment.
    expect(String(values?.[1].Properties['Makes']).split(' ')).toEqual(Object.keys(parameterNames(name)));
  });

  test('lets each function read and write the parameters that are its own, and no others', () => {
    const path = `/tocsin/${name}`;
    const granted = all('AWS::IAM::Policy').flatMap(([, { Properties }]) => {
      const { Statement } = Properties['PolicyDocument'] as { readonly Statement: readonly PolicyStatement[] };
      return Statement.flatMap(({ Action, Resource }) => {
        const actions = [Action].flat().filter((action) => action.startsWith('ssm:'));
        if (actions.length === 0) return [];
        const names = [Resource].flat().map((each) => /:parameter([^"]+)/.exec(JSON.stringify(each))?.[1]);
        return [`${actions.map((each) => each.slice(4)).join(' ')} of ${names.join(' ')}`];
      });
    });
    const signing = `${path}/signing-keys ${path}/signing-keys/*`;
    expect([...new Set(granted)].sort()).toEqual([
      `DeleteParameter GetParametersByPath PutParameter of ${path} ${path}/*`,
      `DeleteParameter of ${path}/signing-keys/*`,
      `GetParameter GetParametersByPath PutParameter of ${signing}`,
      `GetParameter PutParameter of ${path}/audit-end`,
      `GetParameter of ${path}/audit-end`,
      `GetParameter of ${path}/first-login`,
      `GetParameters of ${path}/links ${path}/slack`,
      `GetParametersByPath of ${path}/audit-key ${path}/audit-key/*`,
      `GetParametersByPath of ${path}/audit-public-key ${path}/audit-public-key/*`,
      `GetParametersByPath of ${path}/data-key ${path}/data-key/*`,
    ]);
  });

  test('leaves the account its role for gateway logs when a stage goes, and pays for no metrics by method', () => {
    const [account] = all('AWS::ApiGateway::Account', 'api');
    expect(account?.[1].DeletionPolicy).toBe('Retain');
    const [deployed] = all('AWS::ApiGateway::Stage', 'api');
    expect(JSON.stringify(deployed?.[1].Properties['MethodSettings'])).not.toContain('"MetricsEnabled":true');
  });

  test('puts only letters and digits into keys of the gateway, and what API Gateway documents into refusals', () => {
    const keys = all('AWS::ApiGateway::ApiKey', 'api').map(([, { Properties }]) => Properties['Value']);
    expect(keys).toHaveLength(4);
    for (const value of keys) expect(value).toMatch(/^[A-Za-z0-9]{20,128}$/);
    const mapped = all('AWS::ApiGateway::GatewayResponse', 'api').flatMap(([, { Properties }]) =>
      Object.values((Properties['ResponseParameters'] ?? {}) as Record<string, string>),
    );
    expect(mapped.length).toBeGreaterThan(10);
    for (const value of mapped) expect(value).toMatch(/^'.*'$/);
  });

  test('pays for no traces of topics, which nobody samples', () => {
    for (const [id, { Properties }] of all('AWS::SNS::Topic')) {
      expect([id, Properties['TracingConfig']]).toEqual([id, undefined]);
    }
  });

  test('lets no service use its key but for this account', () => {
    const statements = all('AWS::KMS::Key').flatMap(
      ([, { Properties }]) =>
        (Properties['KeyPolicy'] as { Statement: { Principal: { Service?: unknown }; Condition?: object }[] })
          .Statement,
    );
    const open = statements.filter(({ Principal, Condition }) => Principal.Service !== undefined && !Condition);
    expect(open).toEqual([]);
    // A key whose policy named a topic that is encrypted with it could not be made.
    expect(JSON.stringify(statements)).not.toContain('Topic');
  });

  test('lets queues and the topic be reached by TLS only', () => {
    const denied = (type: string) =>
      all(type).filter(([, { Properties }]) => JSON.stringify(Properties).includes('"aws:SecureTransport":"false"'));
    expect(denied('AWS::SQS::QueuePolicy')).toHaveLength(all('AWS::SQS::Queue').length);
    expect(denied('AWS::SNS::TopicPolicy')).toHaveLength(all('AWS::SNS::Topic').length);
  });

  test('gives each function its own log for a while, arm64 and the Node that runs here, and traces those for whose answer somebody waits, but for intake', () => {
    const functions = all('AWS::Lambda::Function');
    const unawaited = JSON.stringify([
      ...all('AWS::Events::Rule').map(([, { Properties }]) => Properties['Targets']),
      ...all('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties['FunctionName']),
      ...all('AWS::Lambda::EventInvokeConfig').flatMap(([, { Properties: p }]) =>
        isOfWorker(p) ? [p['FunctionName']] : [],
      ),
      ...all('Custom::StageValues').map(([, { Properties }]) => Properties['ServiceToken']),
    ]);
    const isTraced = (id: string): boolean =>
      !unawaited.includes(id) && !/^Integrationsintegrations(opsgenie)?Function/.test(id);
    expect(functions.length).toBeGreaterThan(10);
    const logGroups = functions.map(([id, { Properties }]) => {
      expect(Properties['TracingConfig']).toEqual({ Mode: isTraced(id) ? 'Active' : 'PassThrough' });
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

/** Whether a configuration of asynchronous invocations is of a function that others hand work to. */
const isOfWorker = ({ DestinationConfig }: Resource['Properties']): boolean => DestinationConfig !== undefined;

/** The queue that a property names, by its logical id, here or as an output of another stack. */
const queueIn = (queues: ReadonlyMap<string, Resource>, property: unknown): string | undefined => {
  const text = JSON.stringify(property) ?? '';
  return [...queues.keys()].find((id) => text.includes(`"${id}"`) || text.includes(`GetAtt${id}`));
};
