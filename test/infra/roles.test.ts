import { beforeAll, describe, expect, test } from 'vitest';
import { STAGES } from '../../infra/config.ts';
import { readAssembly } from '../../local/emulator/assembly.ts';
import { allows, type Context, type Statement } from '../../local/emulator/iam/policy.ts';
import { functionRoles } from '../../local/emulator/iam/roles.ts';
import type { Assembly, Resource } from '../../local/emulator/types.ts';
import { stagesAssembly, testedStages } from '../support/templates.ts';

// What the functions themselves ask for, the local run holds against their roles in every test. What AWS asks for in their
// stead, it does not.
// All of them in the long suite (../support/runs.ts).
describe.each(testedStages())('roles of stage %s', (name) => {
  let assembly: Assembly;
  let roles: ReadonlyMap<string, readonly Statement[]>;
  beforeAll(async () => {
    const { directory, remove } = await stagesAssembly();
    assembly = readAssembly(directory, name);
    roles = functionRoles(assembly);
    remove();
  });

  const lacking = (fn: string, actions: readonly string[], resource: string, context: Context = {}): string[] =>
    actions
      .filter((action) => !allows(roles.get(fn) ?? [], { action, resource, context }))
      .map((action) => `${fn}: ${action} on ${resource}`);

  const named = (name: string): Resource =>
    assembly
      .byType('AWS::Lambda::Function')
      .find(({ properties }) => properties['Environment']?.Variables?.POWERTOOLS_SERVICE_NAME === name) ??
    expect.fail(`no function is named ${name}`);

  test('let each function read what feeds it, and put aside what it cannot handle', () => {
    const mappings = assembly.byType('AWS::Lambda::EventSourceMapping');
    expect(mappings.length).toBeGreaterThan(10);
    const workers = assembly.byType('AWS::Lambda::EventInvokeConfig').flatMap(({ properties }) => {
      const aside: string | undefined = properties['DestinationConfig']?.OnFailure?.Destination;
      return aside === undefined ? [] : lacking(String(properties['FunctionName']), ['sqs:SendMessage'], aside);
    });
    expect(workers).toEqual([]);
    const missing = mappings.flatMap(({ properties }) => {
      const fn = assembly.find(String(properties['FunctionName']))?.physicalId ?? '';
      const source = String(properties['EventSourceArn']);
      const aside: string | undefined = properties['DestinationConfig']?.OnFailure?.Destination;
      return [
        ...lacking(fn, source.includes(':sqs:') ? QUEUE_READS : STREAM_READS, source),
        ...(aside ? lacking(fn, ['sqs:SendMessage'], aside) : []),
      ];
    });
    expect(missing).toEqual([]);
  });

  test('let each function that may send to the spill queue wake its reader, and those and the reader alone', () => {
    const reader = named('alerts-drain').arn;
    const spill = assembly
      .byType('AWS::SQS::Queue')
      .filter(({ logicalId }) => logicalId.startsWith('AlertsSpillQueue'));
    expect(spill).toHaveLength(1);
    const may = (action: string, resource: string) =>
      [...roles].filter(([, held]) => allows(held, { action, resource, context: {} })).map(([fn]) => fn);
    const sends = may('sqs:SendMessage', spill[0]?.arn ?? '');
    expect(sends.length).toBeGreaterThanOrEqual(4);
    expect(may('lambda:InvokeFunction', reader).toSorted()).toEqual(
      [...sends, named('alerts-drain').physicalId].toSorted(),
    );
  });

  test('let each function use the key of what is encrypted with one', () => {
    const encrypted = assembly.resources.flatMap((resource) => {
      const [ask, ...actions] = KEY_USES[resource.type] ?? [];
      const key = keyOf(resource);
      const by = `${ask?.split(':')[0]}.${assembly.region}.amazonaws.com`;
      return ask && key ? [{ resource, ask, actions, key, context: { 'kms:ViaService': [by] } }] : [];
    });
    expect(encrypted.length > 0).toBe(STAGES[name]?.customerManagedKey);
    const missing = [...roles].flatMap(([fn, statements]) =>
      encrypted
        .filter(({ resource, ask }) =>
          statements.some((each) => each.isForAction(ask) && each.isForResource(resource.arn)),
        )
        .flatMap(({ actions, key, context }) => lacking(fn, actions, key, context)),
    );
    expect(missing).toEqual([]);
  });

  test('let no function use the key of the stage but by the services that hold its data', () => {
    const keys = assembly.byType('AWS::KMS::Key').map(({ arn }) => arn);
    expect(keys).toHaveLength(STAGES[name]?.customerManagedKey ? 1 : 0);
    const can = (context: Context) =>
      [...roles].filter(([, statements]) =>
        keys.some((resource) => allows(statements, { action: 'kms:Decrypt', resource, context })),
      );
    expect(can({})).toEqual([]);
    expect(can({ 'kms:ViaService': [`s3.${assembly.region}.amazonaws.com`] })).toEqual([]);
    const byTables = can({ 'kms:ViaService': [`dynamodb.${assembly.region}.amazonaws.com`] });
    expect(byTables.length > 20).toBe(keys.length > 0);
  });

  test('and policies let a topic send to each queue that is subscribed to it', () => {
    const subscriptions = assembly
      .byType('AWS::SNS::Subscription')
      .filter(({ properties }) => properties['Protocol'] === 'sqs');
    expect(subscriptions.length).toBeGreaterThan(3);
    for (const { properties } of subscriptions) {
      const [queue, topic] = [String(properties['Endpoint']), String(properties['TopicArn'])];
      const statements = assembly
        .byType('AWS::SQS::QueuePolicy')
        .filter(({ properties: { Queues } }) => (Queues as string[]).some((url) => assembly.find(url)?.arn === queue))
        .flatMap(({ properties: { PolicyDocument } }) => PolicyDocument.Statement as unknown[]);
      expect(statements, queue).toContainEqual(
        expect.objectContaining({
          Effect: 'Allow',
          Action: 'sqs:SendMessage',
          Principal: { Service: 'sns.amazonaws.com' },
          Condition: { ArnEquals: { 'aws:SourceArn': topic } },
        }),
      );
    }
  });
});

const STREAM_READS = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
const QUEUE_READS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** The actions of a function on a resource, and what they then need of the key. */
const KEY_USES: Readonly<Record<string, readonly string[]>> = {
  'AWS::DynamoDB::Table': ['dynamodb:GetItem', 'kms:Decrypt'],
  'AWS::SQS::Queue': ['sqs:SendMessage', 'kms:Decrypt', 'kms:GenerateDataKey'],
  'AWS::SNS::Topic': ['sns:Publish', 'kms:Decrypt', 'kms:GenerateDataKey'],
  'AWS::SecretsManager::Secret': ['secretsmanager:GetSecretValue', 'kms:Decrypt'],
};

const keyOf = ({ properties }: Resource): string | undefined =>
  properties['SSESpecification']?.KMSMasterKeyId ?? properties['KmsMasterKeyId'] ?? properties['KmsKeyId'];
