import type { PublishCommand } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { transitionsWhere, type AlertMessage, type Follower } from '../../../functions/alerts/events.ts';
import { followersBy } from '../../../functions/alerts/publish/followers.ts';
import { TRANSITION_TYPES } from '../../../functions/alerts/transitions.ts';
import { messageText, publishTransition } from '../../../functions/alerts/publish/publish-transition.ts';
import { PoisonedRecord } from '../../../shared/kernel/poisoned-record.ts';
import { machine } from '../../support/alerts.ts';

const message = (over: Partial<AlertMessage['alert']> = {}): AlertMessage => ({
  schema: 'tocsin.alert/1',
  transition: 'opened',
  sequence: 1,
  at: '2026-11-21T03:00:00.000Z',
  actor: machine,
  alert: {
    id: 'alr_1',
    status: 'open',
    severity: 'critical',
    title: 'Checkout answers 500',
    description: 'Every third payment fails.',
    source: 'prometheus:shop',
    service: 'checkout',
    team: null,
    labels: { region: 'eu-central-1' },
    annotations: { runbook_url: 'https://runbook.example' },
    dedupKey: 'k',
    count: 1,
    firstSeenAt: '2026-11-21T03:00:00.000Z',
    lastSeenAt: '2026-11-21T03:00:00.000Z',
    acknowledgedBy: null,
    acknowledgedAt: null,
    resolvedBy: null,
    resolvedAt: null,
    snoozedUntil: null,
    assignee: null,
    sequence: 1,
    version: 1,
    ...over,
  },
});

const sent = async (of: AlertMessage, followers: readonly Follower[] = []) => {
  const commands: PublishCommand[] = [];
  const send = async (command: unknown) => void commands.push(command as PublishCommand);
  await publishTransition({ sns: { send } as never, topicArn: 'arn:topic', environment: 'prod' }, of, followers);
  return commands[0]?.input;
};

const bodies = (text: string) => JSON.parse(text) as { default: string; email: string; sms: string };

describe('the message of a transition', () => {
  it('is JSON for machines, a text for e-mail and one line for SMS', async () => {
    const input = await sent(message());
    expect(input?.MessageStructure).toBe('json');
    const { default: json, email, sms } = bodies(input?.Message ?? '');
    expect(JSON.parse(json)).toEqual(message());
    expect(email).toContain('Every third payment fails.');
    expect(email).toContain('opened by prometheus at 2026-11-21T03:00:00.000Z');
    expect(sms).toBe('Tocsin CRITICAL opened: Checkout answers 500');
  });

  it('has the attributes of filters, without those that the alert does not have', async () => {
    const input = await sent(message());
    const values = Object.entries(input?.MessageAttributes ?? {}).map(([name, { StringValue }]) => [name, StringValue]);
    expect(Object.fromEntries(values)).toEqual({
      transition: 'opened',
      severity: 'critical',
      status: 'open',
      source: 'prometheus:shop',
      service: 'checkout',
      environment: 'prod',
    });
  });

  it('carries in its attributes only what XML has, since SNS refuses the others', async () => {
    const { service, team } =
      (await sent(message({ service: 'a\u0000b\uffffc\n🔥', team: '' })))?.MessageAttributes ?? {};
    expect([service?.StringValue, team]).toEqual(['a\uFFFDb\uFFFDc\n🔥', undefined]);
  });

  it('has no character that SQS refuses, and yet says to machines what came', async () => {
    const title = 'full\uffff\ufffe\u0000';
    const text = (await sent(message({ title })))?.Message ?? '';
    const { default: json, email, sms } = bodies(text);
    for (const each of [json, email, sms]) expect(each).not.toMatch(/[\u0000\ufffe\uffff]/);
    expect((JSON.parse(json) as AlertMessage).alert.title).toBe(title);
  });

  it.each(['Ünïcode 🔔 and\nline breaks\r\n', 'x'.repeat(1024), '\u0000\u001b[31m', ' '])(
    'has a subject that SNS takes, for the title %j',
    async (title) => {
      const subject = (await sent(message({ title })))?.Subject ?? '';
      expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
      expect(subject).toBe(subject.trim());
    },
  );

  it.each([
    ['Gerät überhitzt', 'Gerat uberhitzt'],
    ['Ünïcode 😀', 'Unicode'],
    ['Straße, Ærø, Łódź, İstanbul', 'Strasse, AEro, Lodz, Istanbul'],
    ['ｆｕｌｌ “width” – done', 'full "width" - done'],
    ['警報 disk', 'disk'],
  ])('has a subject in letters of ASCII: %s', async (title, expected) => {
    expect((await sent(message({ title })))?.Subject?.split(': ')[1]?.trim()).toBe(expected);
  });

  it('of the longest alert that can be raised fits into what SNS takes, says that it is cut, and stays JSON', () => {
    const labels = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`label_${i}`, '界'.repeat(1024)]));
    const text = messageText(
      message({
        labels,
        description: '"\\'.repeat(7_500),
        annotations: { long: '🔔'.repeat(8_000) },
        title: '界'.repeat(1024),
      }),
    );
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(262_144 - 8_192);
    const json = JSON.parse(bodies(text).default) as AlertMessage;
    expect(json.truncated).toBe(true);
    expect(json.alert.id).toBe('alr_1');
  });

  it('leaves the labels, when leaving out the annotations is enough', () => {
    const text = messageText(
      message({
        description: 'd'.repeat(15_000),
        annotations: { long: '\u0001'.repeat(16_000) },
        labels: { many: 'l'.repeat(60_000) },
      }),
    );
    const json = JSON.parse(bodies(text).default) as AlertMessage;
    expect(json.alert.labels['many']).toHaveLength(60_000);
  });
});

describe('the followers of a transition', () => {
  const people = { kind: 'user' as const, id: 'usr_ana', name: 'ana' };
  const timer = { kind: 'system' as const, id: 'system:timer', name: 'timer' };
  const { actor: source } = message();
  const none = () => false;
  const all = () => true;
  const happened = (transition: string, actor: AlertMessage['actor'] = source) => ({
    ...message(),
    transition: transition as AlertMessage['transition'],
    actor,
  });

  it('are an attribute with several values, which is left out where there is none', async () => {
    const { MessageAttributes } = (await sent(message(), ['audit', 'paging'])) ?? {};
    expect(MessageAttributes?.['followers']).toEqual({ DataType: 'String.Array', StringValue: '["audit","paging"]' });
    expect((await sent(message()))?.MessageAttributes).not.toHaveProperty('followers');
  });

  it.each([
    ['opened', source, false],
    ['resolved', source, false],
    ['resolved', timer, false],
    ['severity_raised', source, false],
    ['opened', people, true],
    ['resolved', people, true],
    ['acknowledged', source, true],
    ['unacknowledged', timer, true],
    ['noted', source, true],
    ['of_a_newer_version', source, true],
  ])('%s by %j: the audit trail stores it: %j', (transition, actor, audited) => {
    expect(followersBy(none, none)(happened(transition, actor))).toEqual(audited ? ['audit'] : []);
  });

  it('are the contexts that it concerns', () => {
    expect(followersBy(all, none)(happened('opened'))).toEqual(['paging']);
    expect(followersBy(none, all)(happened('opened'))).toEqual(['incidents']);
  });

  it('are the chats where paging follows the alert and the transition changes what they show', () => {
    const changing = (pages: () => boolean) =>
      TRANSITION_TYPES.filter((transition) => followersBy(pages, none)(happened(transition)).includes('chats'));
    expect(changing(all)).toEqual(transitionsWhere(({ rewritesChats }) => rewritesChats));
    expect(changing(none)).toEqual([]);
  });
});

describe('publishing', () => {
  const failing = (name: string) => {
    const error = Object.assign(new Error('no'), { name });
    return publishTransition(
      { sns: { send: () => Promise.reject(error) } as never, topicArn: 't', environment: 'e' },
      message(),
      [],
    );
  };

  it('what SNS will never take is poison', async () => {
    await expect(failing('InvalidParameterException')).rejects.toBeInstanceOf(PoisonedRecord);
  });

  it.each([
    'ThrottledException',
    'InternalErrorException',
    'TimeoutError',
    'NotFoundException',
    'AuthorizationErrorException',
  ])('what may pass is not: %s', async (name) => {
    await expect(failing(name)).rejects.toMatchObject({ name });
  });
});
