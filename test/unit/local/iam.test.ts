import { describe, expect, test } from 'vitest';
import { dynamoAsks } from '../../../local/emulator/iam/dynamodb.ts';
import { createGuard, signerOf } from '../../../local/emulator/iam/guard.ts';
import { allows, readStatements, type Context } from '../../../local/emulator/iam/policy.ts';
import { serviceAsks } from '../../../local/emulator/iam/services.ts';
import type { Resource } from '../../../local/emulator/types.ts';
import { assemblyOf, queue, region, resource, table } from '../../integration/local-services/support.ts';

const things = table('things', {
  GlobalSecondaryIndexes: [
    { IndexName: 'listing', KeySchema: [{ AttributeName: 'list', KeyType: 'HASH' }] },
    { IndexName: 'due', KeySchema: [{ AttributeName: 'due', KeyType: 'HASH' }] },
  ],
});
const jobs = queue('jobs');

const allowed = (statements: readonly object[], action: string, on: string, context: Context = {}): boolean =>
  allows(readStatements({ Version: '2012-10-17', Statement: statements }), { action, resource: on, context });

describe('an identity-based policy', () => {
  const read = { Effect: 'Allow', Action: ['dynamodb:GetItem', 'sqs:*'], Resource: 'arn:aws:a:*:table/x?' };

  test('allows what a statement allows, and nothing else', () => {
    expect(allowed([read], 'dynamodb:GetItem', 'arn:aws:a:b:table/x1')).toBe(true);
    expect(allowed([read], 'SQS:sendmessage', 'arn:aws:a:b:table/x1')).toBe(true);
    expect(allowed([read], 'dynamodb:PutItem', 'arn:aws:a:b:table/x1')).toBe(false);
    expect(allowed([read], 'dynamodb:GetItem', 'arn:aws:a:b:table/x12')).toBe(false);
    expect(allowed([], 'dynamodb:GetItem', 'arn:aws:a:b:table/x1')).toBe(false);
  });

  test('that denies something wins over all that allow it', () => {
    const deny = { Effect: 'Deny', Action: 'dynamodb:*', Resource: '*' };
    expect(allowed([read, deny], 'dynamodb:GetItem', 'arn:aws:a:b:table/x1')).toBe(false);
  });

  test('takes dots and brackets of an ARN as they are', () => {
    const one = { Effect: 'Allow', Action: 'sns:Publish', Resource: 'arn:aws:sns:a.b' };
    expect(allowed([one], 'sns:Publish', 'arn:aws:sns:a.b')).toBe(true);
    expect(allowed([one], 'sns:Publish', 'arn:aws:sns:axb')).toBe(false);
  });

  test('with NotResource allows all but that', () => {
    const phones = { Effect: 'Allow', Action: 'sns:Publish', NotResource: ['arn:*:sns:*:*:*'] };
    expect(allowed([phones], 'sns:Publish', '+4915112345678')).toBe(true);
    expect(allowed([phones], 'sns:Publish', 'arn:aws:sns:eu-central-1:111122223333:all')).toBe(false);
  });

  const narrowed = (Condition: object) => [{ Effect: 'Allow', Action: '*', Resource: '*', Condition }];

  test('for all values of a key holds where each is wanted, also where there is none', () => {
    const keys = narrowed({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['USER#*', 'TEAM'] } });
    expect(allowed(keys, 'a:b', '*', { 'dynamodb:LeadingKeys': ['USER#1', 'TEAM'] })).toBe(true);
    expect(allowed(keys, 'a:b', '*', { 'dynamodb:LeadingKeys': ['USER#1', 'TEAMS'] })).toBe(false);
    expect(allowed(keys, 'a:b', '*', {})).toBe(true);
  });

  test('for a key that must have a value does not hold without one, unless it says if it exists', () => {
    const select = { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' };
    const all = { 'dynamodb:Select': ['ALL_ATTRIBUTES'] };
    expect(allowed(narrowed({ StringEquals: select }), 'a:b', '*')).toBe(false);
    expect(allowed(narrowed({ StringEqualsIfExists: select }), 'a:b', '*')).toBe(true);
    expect(allowed(narrowed({ StringEqualsIfExists: select }), 'a:b', '*', all)).toBe(false);
  });

  test('for a key that must be there, or must not, holds as it is', () => {
    const there = narrowed({ Null: { 'dynamodb:LeadingKeys': 'false' } });
    const keys = { 'dynamodb:LeadingKeys': ['USER#1'] };
    expect(allowed(there, 'a:b', '*', keys)).toBe(true);
    expect(allowed(there, 'a:b', '*', {})).toBe(false);
    expect(allowed(there, 'a:b', '*', { 'dynamodb:LeadingKeys': [] })).toBe(false);
    expect(allowed(narrowed({ Null: { 'dynamodb:LeadingKeys': 'true' } }), 'a:b', '*', keys)).toBe(false);
  });

  test('whose condition is not known here is refused when it is read', () => {
    expect(() => readStatements({ Statement: narrowed({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }) })).toThrow(
      'IpAddress',
    );
  });
});

describe('a request to DynamoDB', () => {
  const asks = (operation: string, input: object) => dynamoAsks(operation, input, assemblyOf(things));

  test('asks for its table, its partition and the attributes that it names', () => {
    const input = {
      TableName: 'things',
      Key: { pk: { S: 'USER#1' } },
      ProjectionExpression: '#name, address.street',
      ExpressionAttributeNames: { '#name': 'name' },
    };
    expect(asks('GetItem', input)).toEqual([
      {
        action: 'dynamodb:GetItem',
        resource: things.arn,
        context: {
          'dynamodb:LeadingKeys': ['USER#1'],
          'dynamodb:Attributes': ['pk', 'name', 'address'],
          'dynamodb:Select': ['SPECIFIC_ATTRIBUTES'],
        },
      },
    ]);
    expect(asks('GetItem', { ...input, ProjectionExpression: undefined })[0]?.context).toMatchObject({
      'dynamodb:Select': ['ALL_ATTRIBUTES'],
    });
  });

  test('asks for the index that it reads, and the partition of that', () => {
    const input = {
      TableName: 'things',
      IndexName: 'due',
      KeyConditionExpression: 'dueAt BETWEEN :from AND :to AND #slot = :slot',
      ExpressionAttributeNames: { '#slot': 'due' },
      ExpressionAttributeValues: { ':slot': { S: 'DUE' }, ':from': { S: '1' }, ':to': { S: '2' } },
    };
    const [ask] = asks('Query', input);
    expect(ask?.resource).toBe(`${things.arn}/index/due`);
    expect(ask?.context?.['dynamodb:LeadingKeys']).toEqual(['DUE']);
    expect(ask?.context?.['dynamodb:Attributes']).toEqual(['dueAt', 'due']);
  });

  test('asks for each part of a transaction and each table of a batch', () => {
    const write = {
      TransactItems: [
        { Put: { TableName: 'things', Item: { pk: { S: 'A' } }, ConditionExpression: 'attribute_not_exists(pk)' } },
        { ConditionCheck: { TableName: 'things', Key: { pk: { S: 'B' } }, ConditionExpression: 'version = :v' } },
      ],
    };
    expect(
      asks('TransactWriteItems', write).map(({ action, context }) => [action, context?.['dynamodb:LeadingKeys']]),
    ).toEqual([
      ['dynamodb:PutItem', ['A']],
      ['dynamodb:ConditionCheckItem', ['B']],
    ]);
    const batch = { RequestItems: { things: { Keys: [{ pk: { S: 'A' } }, { pk: { S: 'B' } }] } } };
    expect(asks('BatchGetItem', batch)[0]?.context?.['dynamodb:LeadingKeys']).toEqual(['A', 'B']);
  });
});

describe('a request to another service', () => {
  const signer = { accessKeyId: 'work', region };
  const asks = (service: string, operation: string, input: Record<string, string>, more: object = {}) =>
    serviceAsks(service, operation, { text: (name) => input[name], ...more }, signer, assemblyOf(jobs)).map(
      ({ action, resource: on }) => `${action} ${on}`,
    );

  test('asks by the resource that IAM knows for it', () => {
    const url = jobs.physicalId;
    expect(asks('sqs', 'SendMessageBatch', { QueueUrl: url })).toEqual([`sqs:SendMessage ${jobs.arn}`]);
    expect(asks('sns', 'Publish', { PhoneNumber: '+49151' })).toEqual(['sns:Publish +49151']);
    expect(asks('sns', 'Unsubscribe', { SubscriptionArn: 'arn:aws:sns:a:b:c:d' })).toEqual(['sns:Unsubscribe *']);
    expect(asks('apigateway', 'CreateApiKey', {}, { method: 'POST', path: '/apikeys' })).toEqual([
      `apigateway:POST arn:aws:apigateway:${region}::/apikeys`,
    ]);
    expect(asks('slack', 'chat.postMessage', {})).toEqual([]);
  });

  test('asks for a mail by both identities that may have verified the sender', () => {
    const body = { FromEmailAddress: 'Tocsin <tocsin@example.com>' };
    expect(asks('ses', 'SendEmail', {}, { body })).toEqual([
      `ses:SendEmail arn:aws:ses:${region}:111122223333:identity/tocsin@example.com`,
      `ses:SendEmail arn:aws:ses:${region}:111122223333:identity/example.com`,
    ]);
  });
});

describe('the guard', () => {
  const roleArn = 'arn:aws:iam::111122223333:role/works';
  const policyFor = (Statement: object): readonly Resource[] => [
    resource('AWS::Lambda::Function', 'work', 'arn:work', { Role: roleArn }),
    resource('AWS::IAM::Role', 'works', roleArn, {
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
    }),
    resource('AWS::IAM::Policy', 'policy', 'policy', { Roles: ['works'], PolicyDocument: { Statement } }),
  ];
  const sends = policyFor({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: jobs.arn });
  const send = [{ action: 'sqs:SendMessage', resource: jobs.arn }];
  const work = { accessKeyId: 'work', region };

  test('holds a function to its role, tells what was refused, and lets everybody else through', () => {
    const told: string[] = [];
    const guard = createGuard(assemblyOf(...sends), (source, message) => void told.push(`${source}: ${message}`));
    guard.check('sqs', work, () => send);
    const receive = [{ action: 'sqs:ReceiveMessage', resource: jobs.arn }];
    for (let n = 0; n < 2; n++) {
      expect(() => guard.check('sqs', work, () => receive)).toThrow(
        'work is not authorized to perform: sqs:ReceiveMessage',
      );
    }
    guard.check('sqs', { accessKeyId: 'somebody', region }, () => receive);
    expect(guard.refused()).toHaveLength(1);
    expect(told).toHaveLength(1);
  });

  test('follows the roles of a new assembly', () => {
    const guard = createGuard(assemblyOf(...sends), () => undefined);
    guard.reload(assemblyOf(...policyFor({ Effect: 'Deny', Action: '*', Resource: '*' })));
    expect(() => guard.check('sqs', work, () => send)).toThrow('not authorized');
  });

  test('knows no managed policy of AWS but that for logs', () => {
    const role = resource('AWS::IAM::Role', 'works', roleArn, {
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/PowerUser'],
    });
    const [fn] = sends;
    expect(() => createGuard(assemblyOf(...(fn ? [fn, role] : [])), () => undefined)).toThrow('PowerUser');
  });

  test('reads who signed a request from its credential scope', () => {
    const header =
      'AWS4-HMAC-SHA256 Credential=work/20261121/eu-west-1/sqs/aws4_request, SignedHeaders=host, Signature=0';
    expect(signerOf(header)).toEqual({ accessKeyId: 'work', region: 'eu-west-1' });
    expect(signerOf(undefined)).toEqual({ accessKeyId: '', region: '' });
  });
});
