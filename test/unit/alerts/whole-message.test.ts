import { expect, it } from 'vitest';
import type { Alert } from '../../../functions/alerts/alert.ts';
import { ALERT_MESSAGE_SCHEMA, type AlertMessage } from '../../../functions/alerts/events.ts';
import { messageText } from '../../../functions/alerts/publish/publication.ts';
import { wholeMessage } from '../../../functions/alerts/publish/whole-message.ts';
import { anna } from '../../support/alerts.ts';

const alertOf = (over: Partial<Alert>): Alert => ({
  id: 'alr_01jd3v8m2k7q4xh2g8vq0p1m9d0123456789abcdefghij',
  status: 'open',
  severity: 'critical',
  title: 'Checkout answers 500',
  description: 'Every third payment fails.',
  source: 'prometheus:shop',
  service: null,
  team: null,
  labels: { region: 'eu' },
  annotations: { route: 'night' },
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
});

const large = alertOf({
  description: '報'.repeat(15_000),
  labels: Object.fromEntries(Array.from({ length: 61 }, (_, i) => [`l${i}`, '警'.repeat(1000)])),
  annotations: { route: 'night', log: '録'.repeat(12_000) },
});
const messageOf = (alert: Alert): AlertMessage => ({
  schema: ALERT_MESSAGE_SCHEMA,
  transition: 'opened',
  sequence: 1,
  at: alert.firstSeenAt,
  actor: anna,
  alert,
});
const asPublished = (alert: Alert): AlertMessage =>
  JSON.parse((JSON.parse(messageText(messageOf(alert))) as { default: string }).default) as AlertMessage;

it('a small alert is as the topic carries it, and is not read', async () => {
  const small = asPublished(alertOf({}));
  expect(await wholeMessage(() => Promise.reject(new Error('read')), small)).toEqual(small);
});

it('what the topic had no room for is read from the alert; how the alert was then stays', async () => {
  const published = asPublished(large);
  expect(published).toMatchObject({ truncated: true, alert: { annotations: {} } });
  const now = { ...large, status: 'acknowledged' as const, version: 7, sequence: 2 };
  expect(await wholeMessage(async () => now, published)).toEqual(messageOf(large));
});

it('the message of a deleted alert stays as the topic published it', async () => {
  const published = asPublished(large);
  expect(await wholeMessage(async () => undefined, published)).toEqual(published);
});
