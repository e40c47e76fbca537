import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SNSClient, PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, onCleanUp, start } from './services.ts';
import { queue, region, resource, table, topic } from './support.ts';

afterEach(cleanUp);

const roleArn = 'arn:aws:iam::111122223333:role/works';
const things = table('things');
const jobs = queue('jobs');
const news = topic('news');

/** Clients whose requests the function `work` signs, whose role has this statement. */
const work = async (statement: object) => {
  const role = [
    resource('AWS::Lambda::Function', 'work', `arn:aws:lambda:${region}:111122223333:function:work`, { Role: roleArn }),
    resource('AWS::IAM::Role', 'works', roleArn, {}),
    resource('AWS::IAM::Policy', 'policy', 'policy', { Roles: ['works'], PolicyDocument: { Statement: [statement] } }),
  ];
  const { services, client } = await start([things, jobs, news, ...role], { faults: true });
  const settings = (service: string) => ({
    ...client(service),
    credentials: { accessKeyId: 'work', secretAccessKey: 'local' },
  });
  const [dynamo, sqs, sns] = [
    new DynamoDBClient(settings('DYNAMODB')),
    new SQSClient(settings('SQS')),
    new SNSClient(settings('SNS')),
  ];
  for (const each of [dynamo, sqs, sns]) onCleanUp(() => each.destroy());
  return {
    services,
    get: (pk: string) => dynamo.send(new GetItemCommand({ TableName: 'things', Key: { pk: { S: pk } } })),
    send: () => sqs.send(new SendMessageCommand({ QueueUrl: jobs.physicalId, MessageBody: 'x' })),
    publish: () => sns.send(new PublishCommand({ TopicArn: news.arn, Message: 'x' })),
  };
};

describe('a function', () => {
  it('is refused by each service what its role does not allow, and the run can tell it', async () => {
    const { services, get, send, publish } = await work({
      Effect: 'Allow',
      Action: 'sqs:SendMessage',
      Resource: jobs.arn,
    });
    await expect(send()).resolves.toBeDefined();
    await expect(get('a')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(publish()).rejects.toMatchObject({ name: 'AuthorizationErrorException' });
    expect(services.refused()).toHaveLength(2);
  });

  it('reads the partitions that a condition names, and no others', async () => {
    const { get } = await work({
      Effect: 'Allow',
      Action: 'dynamodb:GetItem',
      Resource: things.arn,
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['USER#*'] } },
    });
    await expect(get('USER#1')).resolves.toBeDefined();
    await expect(get('KEY#1')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
