import { PublishBatchCommand, type PublishCommand } from '@aws-sdk/client-sns';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transitionsWhere, type AlertMessage, type Follower } from '../../../functions/alerts/events.ts';
import { followersBy } from '../../../functions/alerts/publish/followers.ts';
import { TRANSITION_TYPES } from '../../../functions/alerts/transitions.ts';
import { messageText, publicationOf } from '../../../functions/alerts/publish/publication.ts';
import { publishAhead } from '../../../functions/alerts/publish/publish-ahead.ts';
import { PoisonedRecord } from '../../../shared/kernel/poisoned-record.ts';
import { machine } from '../../support/alerts.ts';
import { runs } from '../../support/runs.ts';

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

const STAGE = { topicArn: 'arn:topic', environment: 'prod' };
const sent = (of: AlertMessage, followers: readonly Follower[] = []) => publicationOf(STAGE, of, followers);

const bodies = (text: string) => JSON.parse(text) as { default: string; email: string; sms: string };

describe('the message of a transition', () => {
  it('is JSON for machines, a text for e-mail and one line for SMS', async () => {
    const input = sent(message());
    expect(input?.MessageStructure).toBe('json');
    const { default: json, email, sms } = bodies(input?.Message ?? '');
    expect(JSON.parse(json)).toEqual(message());
    expect(email).toContain('Every third payment fails.');
    expect(email).toContain('opened by prometheus at 2026-11-21T03:00:00.000Z');
    expect(sms).toBe('Tocsin CRITICAL opened: Checkout answers 500');
  });

  it('has the attributes of filters, without those that the alert does not have', async () => {
    const input = sent(message());
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
    const { service, team } = sent(message({ service: 'a\u0000b\uffffc\n🔥', team: '' })).MessageAttributes ?? {};
    expect([service?.StringValue, team]).toEqual(['a\uFFFDb\uFFFDc\n🔥', undefined]);
  });

  it('has no character that SQS refuses, and yet says to machines what came', async () => {
    const title = 'full\uffff\ufffe\u0000';
    const text = sent(message({ title })).Message ?? '';
    const { default: json, email, sms } = bodies(text);
    for (const each of [json, email, sms]) expect(each).not.toMatch(/[\u0000\ufffe\uffff]/);
    expect((JSON.parse(json) as AlertMessage).alert.title).toBe(title);
  });

  it.each(['Ünïcode 🔔 and\nline breaks\r\n', 'x'.repeat(1024), '\u0000\u001b[31m', ' '])(
    'has a subject that SNS takes, for the title %j',
    async (title) => {
      const subject = sent(message({ title })).Subject ?? '';
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
    expect(sent(message({ title })).Subject?.split(': ')[1]?.trim()).toBe(expected);
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
    expect(sent(message()).MessageAttributes).not.toHaveProperty('followers');
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
  const refusal = (name: string) => Object.assign(new Error('no'), { name });
  const alertOf = (n: number) => message({ id: `alr_${n}` });

  /** SNS, with the ids of the alerts of each request. */
  const service = (
    answers: {
      readonly alone?: (alert: string) => Error | undefined;
      readonly together?: (alerts: readonly string[]) => Error | readonly string[];
    } = {},
  ) => {
    const requests: string[][] = [];
    const idIn = (text: string | undefined): string =>
      (JSON.parse(bodies(text ?? '').default) as AlertMessage).alert.id;
    const send = async (command: unknown): Promise<object> => {
      if (command instanceof PublishBatchCommand) {
        const entries = command.input.PublishBatchRequestEntries ?? [];
        const alerts = entries.map(({ Message }) => idIn(Message));
        requests.push(alerts);
        const taken = answers.together?.(alerts) ?? alerts;
        if (taken instanceof Error) throw taken;
        const places = entries.filter((_, i) => taken.includes(alerts[i] ?? ''));
        return { Successful: places.map(({ Id }) => ({ Id })), Failed: [] };
      }
      const alert = idIn((command as PublishCommand).input.Message);
      requests.push([alert]);
      const error = answers.alone?.(alert);
      if (error) throw error;
      return {};
    };
    return { requests, sns: { send } as never };
  };

  /** What became of the turn of each transition of a batch. */
  const published = async (
    { sns }: Pick<ReturnType<typeof service>, 'sns'>,
    batch: readonly AlertMessage[],
    { isMuted = (_: AlertMessage): boolean => false, ahead = new Set<string>() } = {},
  ): Promise<(boolean | Error)[]> => {
    const publish = publishAhead({ sns }, batch, async (of) => (isMuted(of) ? undefined : sent(of)), ahead);
    const outcomes: (boolean | Error)[] = [];
    for (const each of batch) outcomes.push(await publish(each).catch((error: Error) => error));
    return outcomes;
  };
  const many = (count: number) => Array.from({ length: count }, (_, i) => alertOf(i));

  it('a batch goes in requests of ten, in its order', async () => {
    const sns = service();
    expect(await published(sns, many(23))).toEqual(Array.from({ length: 23 }, () => true));
    expect(sns.requests.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(sns.requests.flat()).toEqual(many(23).map(({ alert }) => alert.id));
  });

  it('a request has one transition of an alert at most', async () => {
    const sns = service();
    const [a, b] = [alertOf(1), alertOf(2)];
    await published(sns, [a, b, { ...a, transition: 'resolved', sequence: 2 }, alertOf(3)]);
    expect(sns.requests).toEqual([
      ['alr_1', 'alr_2'],
      ['alr_1', 'alr_3'],
    ]);
  });

  it('a request has at most what SNS takes together', async () => {
    const sns = service();
    const large = many(4).map((of) => ({ ...of, alert: { ...of.alert, labels: { many: 'l'.repeat(60_000) } } }));
    expect(await published(sns, large)).toEqual([true, true, true, true]);
    expect(sns.requests.map(({ length }) => length)).toEqual([2, 2]);
  });

  it('a muted transition is in no request, and those behind it are', async () => {
    const sns = service();
    expect(await published(sns, many(3), { isMuted: ({ alert }) => alert.id === 'alr_0' })).toEqual([
      false,
      true,
      true,
    ]);
    expect(sns.requests).toEqual([['alr_1', 'alr_2']]);
  });

  it('a transition that the request did not confirm is sent again alone, and its answer counts', async () => {
    const sns = service({ together: (alerts) => alerts.filter((each) => each !== 'alr_1') });
    expect(await published(sns, many(3))).toEqual([true, true, true]);
    expect(sns.requests).toEqual([['alr_0', 'alr_1', 'alr_2'], ['alr_1']]);
  });

  it('one that SNS will never take is poison, and the others of its request are published', async () => {
    const sns = service({
      together: (alerts) => alerts.filter((each) => each !== 'alr_1'),
      alone: () => refusal('InvalidParameterException'),
    });
    const [first, second, third] = await published(sns, many(3));
    expect([first, third]).toEqual([true, true]);
    expect(second).toBeInstanceOf(PoisonedRecord);
  });

  it('of a request that SNS will never take as one, each is sent alone', async () => {
    const sns = service({ together: () => refusal('BatchRequestTooLongException') });
    expect(await published(sns, many(3))).toEqual([true, true, true]);
    expect(sns.requests.slice(1)).toEqual([['alr_0'], ['alr_1'], ['alr_2']]);
  });

  it('behind one that SNS does not take for now, none is sent again', async () => {
    const sns = service({ together: () => [], alone: () => refusal('ThrottledException') });
    const outcomes = await published(sns, many(3));
    expect(outcomes).toMatchObject([{ name: 'ThrottledException' }, { name: 'ThrottledException' }, {}]);
    expect(sns.requests).toEqual([['alr_0', 'alr_1', 'alr_2'], ['alr_0']]);
  });

  it('one that cannot be put into words fails its own turn, and no other', async () => {
    const sns = service();
    const broken = { ...alertOf(1), actor: undefined } as unknown as AlertMessage;
    expect(await published(sns, [alertOf(0), broken, alertOf(2)])).toEqual([true, expect.any(TypeError), true]);
  });

  it('a process that tries a batch again publishes only what SNS has not confirmed', async () => {
    let refused = true;
    const sns = service({
      together: (alerts) => alerts.filter((each) => each !== 'alr_1'),
      alone: () => (refused ? refusal('ThrottledException') : undefined),
    });
    const ahead = new Set<string>();
    const batch = many(12);
    const [first = alertOf(0), second = alertOf(1)] = batch;
    const publish = publishAhead(sns, batch, async (of) => sent(of), ahead);
    expect(await publish(first)).toBe(true);
    await expect(publish(second)).rejects.toMatchObject({ name: 'ThrottledException' });
    refused = false;
    sns.requests.length = 0;
    expect(await published(sns, batch.slice(1), { ahead })).toEqual(Array.from({ length: 11 }, () => true));
    expect(sns.requests).toEqual([['alr_1', 'alr_10', 'alr_11'], ['alr_1']]);
    expect(ahead.size).toBe(0);
  });

  it('whatever SNS confirms, refuses or answers too late, and wherever a process dies: each is published, those of an alert in their order', async () => {
    const story = fc.record({
      alerts: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 25 }),
      batches: fc.infiniteStream(fc.integer({ min: 1, max: 12 })),
      fates: fc.infiniteStream(fc.constantFrom('confirmed', 'confirmed', 'partly', 'refused', 'lost', 'dies')),
      chances: fc.infiniteStream(fc.boolean()),
    });
    const play = fc.asyncProperty(story, async ({ alerts, batches, fates, chances }) => {
      const sequences = new Map<number, number>();
      const waiting = alerts.map((n) => {
        const sequence = (sequences.get(n) ?? 0) + 1;
        sequences.set(n, sequence);
        return { ...message({ id: `alr_${n}`, sequence }), sequence };
      });
      const out: { readonly alert: string; readonly sequence: number }[] = [];
      let patience = 200;
      const send = async (command: PublishBatchCommand | PublishCommand): Promise<object> => {
        const entries =
          command instanceof PublishBatchCommand
            ? (command.input.PublishBatchRequestEntries ?? [])
            : [{ Id: '0', Message: command.input.Message }];
        const fate = patience-- > 0 ? fates.next().value : 'confirmed';
        if (fate === 'refused' || (fate === 'partly' && entries.length === 1)) throw refusal('ThrottledException');
        const taken = entries.filter(() => fate !== 'partly' || chances.next().value);
        for (const { Message } of taken) {
          const { alert, sequence } = JSON.parse(bodies(Message ?? '').default) as AlertMessage;
          out.push({ alert: alert.id, sequence });
        }
        if (fate === 'lost' || fate === 'dies') throw refusal(fate === 'lost' ? 'TimeoutError' : 'died');
        return { Successful: taken.map(({ Id }) => ({ Id })) };
      };
      let ahead = new Set<string>();
      const left = [...waiting];
      while (left.length > 0) {
        const batch = left.slice(0, batches.next().value);
        const publish = publishAhead({ sns: { send } as never }, batch, async (of) => sent(of), ahead);
        for (const each of batch) {
          const outcome = await publish(each).catch((error: Error) => error);
          if (outcome instanceof Error) {
            if (outcome.name === 'died') ahead = new Set();
            break;
          }
          left.shift();
        }
      }
      for (const n of new Set(alerts)) {
        const heard = out.filter(({ alert }) => alert === `alr_${n}`).map(({ sequence }) => sequence);
        const firsts = [...new Set(heard)];
        expect(firsts).toEqual(Array.from({ length: sequences.get(n) ?? 0 }, (_, i) => i + 1));
      }
    });
    await fc.assert(play, { numRuns: runs(500) });
  });

  it('a transition that is not in the batch is refused', async () => {
    const { sns } = service();
    const publish = publishAhead({ sns }, many(2), async (of) => sent(of), new Set());
    await expect(publish(alertOf(3))).rejects.toThrow('is not in the batch');
  });

  it('what SNS will never take is poison', async () => {
    const outcomes = await published(service({ alone: () => refusal('InvalidParameterException') }), many(1));
    expect(outcomes).toEqual([expect.any(PoisonedRecord)]);
  });

  it.each([
    'ThrottledException',
    'InternalErrorException',
    'TimeoutError',
    'NotFoundException',
    'AuthorizationErrorException',
  ])('what may pass is not: %s', async (name) => {
    const answers = { alone: () => refusal(name), together: () => refusal(name) };
    expect(await published(service(answers), many(1))).toMatchObject([{ name }]);
    expect(await published(service(answers), many(2))).toMatchObject([{ name }, { name }]);
  });
});
