import { spawn } from 'node:child_process';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, it } from 'vitest';
import { cleanUp, onCleanUp, start, temporaryDirectory } from './services.ts';
import { account, mapping, queue, streamArnOf, table, topic } from './support.ts';

afterEach(cleanUp);

const things = table('things');
const resources = [things, queue('work'), topic('alerts'), mapping('react', streamArnOf(things))];

it('a run that is killed has lost nothing that it had accepted', async () => {
  const dataDir = temporaryDirectory();
  const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
    import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
    import { SNSClient, PublishCommand } from '@aws-sdk/client-sns';
    import { start } from ${at('./services.ts')};
    const resources = ${JSON.stringify(resources)};
    const handlers = { react: () => { throw new Error('not now'); } };
    const { client, services } = await start(resources, { dataDir: ${JSON.stringify(dataDir)}, handlers });
    const sqs = new SQSClient(client('SQS'));
    const QueueUrl = services.endpoints.AWS_ENDPOINT_URL_SQS + '/${account}/work';
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'accepted' }));
    await new SNSClient(client('SNS')).send(new PublishCommand({ PhoneNumber: '+4915112345678', Message: 'accepted' }));
    const Item = { pk: { S: 'accepted' } };
    await new DynamoDBClient(client('DYNAMODB')).send(new PutItemCommand({ TableName: 'things', Item }));
    console.log('accepted');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    cwd: new URL('../../..', import.meta.url),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
  child.kill('SIGKILL');
  await ended;

  const seen: string[] = [];
  const react = (event: { Records: { dynamodb: { Keys: { pk: { S: string } } } }[] }) =>
    void seen.push(...event.Records.map((record) => record.dynamodb.Keys.pk.S));
  const { client, services, localJson } = await start(resources, { dataDir, handlers: { react } });
  await services.flush();
  expect(seen).toEqual(['accepted']);
  const sqs = new SQSClient(client('SQS'));
  onCleanUp(() => sqs.destroy());
  const QueueUrl = `${services.endpoints['AWS_ENDPOINT_URL_SQS']}/${account}/work`;
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(Messages?.map((message) => message.Body)).toEqual(['accepted']);
  expect((await localJson('GET', '/_local/outbox'))?.body.items).toMatchObject([{ text: 'accepted' }]);
});
