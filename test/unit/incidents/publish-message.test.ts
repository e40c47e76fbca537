import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IncidentMessage } from '../../../functions/incidents/events.ts';
import { publishMessage } from '../../../functions/incidents/lifecycle/publish-message.ts';
import { PoisonedRecord } from '../../../shared/kernel/poisoned-record.ts';

/** What SNS takes, message and attributes together. */
const SNS_BYTES = 262_144;

const message = (text: string): IncidentMessage => ({
  schema: 'tocsin.incident/1',
  happening: 'update_published',
  at: '2026-11-21T03:00:00.000Z',
  actor: { kind: 'user', id: 'usr_ana', name: 'ana' },
  text: text.slice(0, 8_000),
  incident: {
    id: 'inc_1',
    status: 'identified',
    severity: 'SEV2',
    title: text.slice(0, 256) || 'x',
    summary: text.slice(0, 8_000),
    service: text.slice(0, 128) || null,
    team: null,
    openedAt: '2026-11-21T03:00:00.000Z',
    resolvedAt: null,
    version: 2,
  },
});

const published = async (text: string): Promise<{ Message: string; Subject: string; MessageAttributes: object }> => {
  let sent: object | undefined;
  const sns = { send: ({ input }: { input: object }) => Promise.resolve((sent = input)) } as never;
  await publishMessage({ sns, topicArn: 'arn', environment: 'test' }, message(text));
  return sent as never;
};

describe('what subscribers receive about an incident', () => {
  test.each(['\u0001', '"', '\\', '\ud800', '€', '😀', 'x'])('fits into what SNS takes, full of %j', async (char) => {
    const { Message, MessageAttributes } = await published(char.repeat(8_000));
    expect(Buffer.byteLength(Message) + Buffer.byteLength(JSON.stringify(MessageAttributes))).toBeLessThan(SNS_BYTES);
  });

  test('has a subject as SNS takes it and one line for phones, whatever people wrote', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (text) => {
        const { Message, Subject } = await published(text);
        expect(Subject).toMatch(/^[\x20-\x7e]{1,100}$/);
        const { default: json = '', sms = '' } = JSON.parse(Message) as Record<string, string>;
        expect(sms.length).toBeLessThanOrEqual(160);
        expect(sms).not.toMatch(/[\r\n]/);
        expect((JSON.parse(json) as IncidentMessage).incident.summary).toBe(text.slice(0, 8_000));
      }),
    );
  });

  test('is set aside where SNS will never take it, and tried again where it is not there', async () => {
    const failing = (name: string) => ({
      sns: { send: () => Promise.reject(Object.assign(new Error('no'), { name })) } as never,
      topicArn: 'arn',
      environment: 'test',
    });
    await expect(publishMessage(failing('InvalidParameterException'), message('x'))).rejects.toThrow(PoisonedRecord);
    await expect(publishMessage(failing('ThrottlingException'), message('x'))).rejects.not.toThrow(PoisonedRecord);
  });
});
