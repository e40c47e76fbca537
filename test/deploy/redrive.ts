import { match, ok, strictEqual } from 'node:assert/strict';
import { join } from 'node:path';
import { GetQueueAttributesCommand, ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { run } from '../support/tools/child.ts';
import type { Guarantee } from '../support/tools/guarantees.ts';
import { projectPath, repository, toolCache } from '../support/tools/paths.ts';
import type { Emulator } from './emulator.ts';

/** What must hold for an operator who looks after the dead letters of a stage that was deployed. */
export const redriveGuarantees = ({ environment, endpoint, region }: Emulator): readonly Guarantee[] => {
  const sqs = new SQSClient({ endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  const redrive = (...flags: readonly string[]): Promise<string> =>
    run(process.execPath, ['operate/redrive/main.ts', '--stage', 'dev', ...flags], {
      cwd: repository,
      env: { ...environment, PATH: projectPath },
      log: join(toolCache, 'logs', 'redrive.log'),
    });
  const queueNamed = async (name: RegExp): Promise<string> => {
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    const url = QueueUrls.find((each) => name.test(each));
    ok(url, `there is no such queue among ${QueueUrls.join(', ')}`);
    return url;
  };
  const attributesOf = async (QueueUrl: string): Promise<Readonly<Record<string, string>>> => {
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    return Attributes;
  };

  return [
    {
      title: 'npm run redrive finds no dead letter in an installation that works',
      check: async () => match(await redrive(), /^0 dead letters\.$/m),
    },
    {
      title: 'it lists a message that a function of paging set aside, with the reason, and changes nothing',
      check: async () => {
        const { QueueArn: eventSourceARN } = await attributesOf(await queueNamed(/PagingFeed/));
        const record = { eventSource: 'aws:sqs', eventSourceARN, body: 'not a transition' };
        const MessageBody = JSON.stringify({ why: 'planted', functionName: 'paging-follow', record });
        await sqs.send(new SendMessageCommand({ QueueUrl: await queueNamed(/PagingDeadLetters/), MessageBody }));
        match(await redrive(), /^PagingDeadLetters\tqueue\t1\t0\t\S+\tplanted$/m);
        match(await redrive(), /^1 dead letter\.$/m);
      },
    },
    {
      title: 'with --send it goes back to the queue that it came from',
      check: async () => {
        match(await redrive('--send'), /^1 of 1 dead letter sent back\.$/m);
        match(await redrive(), /^0 dead letters\.$/m);
        const { ApproximateNumberOfMessages: waits, ApproximateNumberOfMessagesNotVisible: isRead } =
          await attributesOf(await queueNamed(/PagingFeed/));
        strictEqual(Number(waits) + Number(isRead), 1);
      },
    },
  ];
};
