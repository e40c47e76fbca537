import type { SendMessageBatchCommandInput, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { sendMessage, sendMessages, type Queue } from '../../../shared/aws/send-message.ts';

const queue = (answer: object = {}) => {
  const inputs: unknown[] = [];
  const send = async ({ input }: { input: unknown }): Promise<object> => {
    inputs.push(input);
    return answer;
  };
  const sent: Queue & { readonly inputs: unknown[] } = { sqs: { send } as Queue['sqs'], queueUrl: 'https://q', inputs };
  return sent;
};

describe('a message to a queue', () => {
  const NASTY = { text: 'full\uffff\ufffe\u0000 🔔 "\\' };

  test('reads back as it was, and its text has no character that SQS refuses', async () => {
    const to = queue();
    await sendMessage(to, NASTY);
    const { MessageBody = '', QueueUrl } = to.inputs[0] as SendMessageCommandInput;
    expect(QueueUrl).toBe('https://q');
    expect(MessageBody).not.toMatch(/[\u0000-\u0008\ufffe\uffff]/);
    expect(JSON.parse(MessageBody)).toEqual(NASTY);
  });

  test('carries its delay, its group and its name', async () => {
    const to = queue();
    await sendMessage(to, {}, { delaySeconds: 120, group: 'slot', deduplicationId: 'p.1' });
    expect(to.inputs[0]).toMatchObject({ DelaySeconds: 120, MessageGroupId: 'slot', MessageDeduplicationId: 'p.1' });
  });

  test('goes ten in a request with others, each as it would go alone', async () => {
    const to = queue();
    await sendMessages(
      to,
      Array.from({ length: 23 }, (_, n) => ({ n, ...NASTY })),
    );
    const requests = to.inputs as SendMessageBatchCommandInput[];
    expect(requests.map(({ Entries = [] }) => Entries.length)).toEqual([10, 10, 3]);
    const bodies = requests.flatMap(({ Entries = [] }) => Entries.map(({ MessageBody = '' }) => MessageBody));
    expect(bodies.map((body) => (JSON.parse(body) as { n: number }).n)).toEqual(
      Array.from({ length: 23 }, (_, n) => n),
    );
    expect(bodies.join('')).not.toMatch(/[\u0000-\u0008\ufffe\uffff]/);
    for (const { Entries = [] } of requests) expect(new Set(Entries.map(({ Id }) => Id)).size).toBe(Entries.length);
  });

  test('of a batch that SQS takes in part only is reported as a failure', async () => {
    const to = queue({ Failed: [{ Id: '1', SenderFault: false, Code: 'InternalError', Message: 'Try again' }] });
    await expect(sendMessages(to, [{}, {}])).rejects.toThrow('SQS refused 1 messages: Try again');
  });
});
