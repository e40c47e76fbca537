import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Alert, AlertWithTimeline } from '../../../functions/alerts/alert.ts';
import { eventually } from '../../../operate/eventually.ts';
import { startSubscriber, type Subscriber } from '../../clients/subscriber.ts';
import type { Client, Tocsin } from '../../support/tocsin.ts';
import { product } from './product.ts';

let tocsin: Tocsin;
let admin: Client;
let subscriber: Subscriber;

beforeAll(async () => {
  tocsin = await product();
  admin = await tocsin.admin();
  subscriber = await startSubscriber();
  const { status, body } = await admin.post('/api/monitoring/subscriptions', {
    protocol: 'http',
    endpoint: subscriber.endpoint,
  });
  expect(status, JSON.stringify(body)).toBe(201);
  await eventually('the subscription is confirmed', { withinMs: 10_000 }, async () =>
    expect(subscriber.confirmed()).toBe(true),
  );
});

afterAll(() => subscriber.stop());

const raise = async (body: Record<string, unknown>): Promise<Alert> => {
  const answer = await admin.post<Alert>('/api/monitoring/alerts', { severity: 'critical', ...body });
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body;
};

describe('a night', () => {
  test('an alert rings once, is taken by one of two people, and ends; each transition is published once, in the order of its sequence', async () => {
    const ada = await tocsin.user('ada', ['operator']);
    const bo = await tocsin.user('bo', ['operator']);
    const { id } = await raise({ title: 'Checkout answers 500', service: 'checkout' });

    const answers = await Promise.all(
      [ada, bo].map((person) => person.post<Alert>(`/api/monitoring/alerts/${id}/acknowledge`, { note: 'On it.' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = answers.find(({ status }) => status === 409)?.body as unknown as { code: string; alert: Alert };
    expect(refused.code).toBe('alert.acknowledged');
    expect(['ada', 'bo']).toContain(refused.alert.acknowledgedBy);

    expect((await ada.post(`/api/monitoring/alerts/${id}/resolve`)).status).toBe(200);
    await tocsin.runtime.idle();
    const told = subscriber.about(id).map(({ transition, sequence }) => [sequence, transition] as const);
    expect(told.toSorted(([a], [b]) => a - b)).toEqual([
      [1, 'opened'],
      [2, 'acknowledged'],
      [3, 'resolved'],
    ]);
    expect(subscriber.refusals()).toEqual([]);
    const { body } = await ada.get<AlertWithTimeline>(`/api/monitoring/alerts/${id}`);
    expect(body.timeline.map(({ type }) => type)).toEqual(['opened', 'acknowledged', 'resolved']);
  });

  test('a snoozed alert is quiet, then rings again by the minute tick', async () => {
    const { id } = await raise({ title: 'Disk fills up' });
    const snoozed = await admin.post<Alert>(`/api/monitoring/alerts/${id}/snooze`, { durationSeconds: 120 });
    expect(snoozed.body.snoozedUntil).not.toBeNull();
    await tocsin.pass(60);
    expect(subscriber.about(id).map(({ transition }) => transition)).not.toContain('snooze_ended');
    await tocsin.pass(120);
    expect(subscriber.about(id).map(({ transition }) => transition)).toContain('snooze_ended');
  });

  test('after an alert is resolved, the same key opens a new one, and the old one can still be read', async () => {
    const first = await raise({ title: 'Again', dedupKey: 'again' });
    expect((await raise({ title: 'Again', dedupKey: 'again' })).count).toBe(2);
    await admin.post(`/api/monitoring/alerts/${first.id}/resolve`);
    const second = await raise({ title: 'Again', dedupKey: 'again' });
    expect(second.id).not.toBe(first.id);
    expect(second.count).toBe(1);
    await tocsin.runtime.idle();
    const old = await admin.get<AlertWithTimeline>(`/api/monitoring/alerts/${first.id}`);
    expect(old.body).toMatchObject({ status: 'resolved', count: 2 });
  });
});

describe('Prometheus', () => {
  test('an alert that is no longer sent resolves by itself when its end passes', async () => {
    const made = await admin.post<{ key: string }>('/api/api-keys', {
      name: 'prometheus',
      permissions: ['integrations.ingest'],
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const prometheus = tocsin.as({ authorization: `Bearer ${made.body.key}` });
    const push = async (): Promise<void> => {
      const startsAt = new Date(tocsin.runtime.clock.now()).toISOString();
      const answer = await prometheus.post('/api/v2/alerts', [
        { labels: { alertname: 'SiteDown', severity: 'critical', instance: 'web-1' }, startsAt },
      ]);
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    };
    const seen = async (): Promise<readonly Alert[]> => {
      const { body } = await admin.get<{ items: Alert[] }>('/api/monitoring/alerts?label=alertname%3DSiteDown');
      return body.items;
    };
    await push();
    await tocsin.pass(60);
    await push();
    expect(await seen()).toMatchObject([{ status: 'open', count: 2, severity: 'critical' }]);
    await tocsin.pass(240);
    expect(await seen()).toMatchObject([{ status: 'open' }]);
    await tocsin.pass(180);
    expect(await seen()).toMatchObject([{ status: 'resolved' }]);
  });
});
