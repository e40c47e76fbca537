import * as z from 'zod/mini';
import type { AlertEvent } from '../../alerts/port.ts';
import { fingerprintOf } from './fingerprint.ts';
import { annotationsOf, fitted, labelsOf } from '../labels.ts';
import { severityIn, type SeverityWords } from '../severity.ts';
import { own } from '../../../shared/kernel/own.ts';
import { schemaMessage } from '../../../shared/http/schema-messages.ts';

/*
 * The two formats of the Prometheus world: the webhook that an Alertmanager sends (version 4), and the alerts that a
 * Prometheus pushes to its Alertmanager (POST /api/v2/alerts). Unknown fields are accepted in both.
 */

/** Alerts that are pushed without an end resolve this long after the last push: Alertmanager's default `resolve_timeout`. */
const RESOLVE_TIMEOUT_MS = 5 * 60_000;

/** What is wrong with an alert is said as of every other request. */
const IN_WORDS = { error: schemaMessage };

const Texts = z.record(z.string(), z.string());
const maybe = <T extends z.core.$ZodType>(schema: T) => z.optional(z.nullable(schema));

/** The webhook's envelope. Its alerts are parsed one by one, so that an invalid one does not fail the others. */
export const WebhookMessage = z
  .object({
    version: maybe(z.string()),
    groupKey: maybe(z.string()),
    status: maybe(z.string()),
    receiver: maybe(z.string()),
    truncatedAlerts: maybe(z.number()),
    externalURL: maybe(z.string()),
    alerts: z.array(z.unknown()),
  })
  .register(z.globalRegistry, { id: 'AlertmanagerWebhook' });
export type WebhookMessage = z.infer<typeof WebhookMessage>;

const WebhookAlert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: Texts,
  annotations: maybe(Texts),
  startsAt: maybe(z.string()),
  generatorURL: maybe(z.string()),
  fingerprint: maybe(z.string()),
});

export const PushedAlerts = z.array(z.unknown());

const PushedAlert = z.object({
  labels: Texts,
  annotations: maybe(Texts),
  startsAt: maybe(z.string()),
  endsAt: maybe(z.string()),
  generatorURL: maybe(z.string()),
});

/** The report of a source about one alert. */
export type Observation =
  | { readonly kind: 'firing'; readonly dedupKey: string; readonly event: AlertEvent }
  | { readonly kind: 'resolved'; readonly dedupKey: string; readonly source: string }
  | { readonly kind: 'invalid'; readonly why: string };

/** The reports in one message of an Alertmanager, in their order. */
export const observationsInWebhook = (source: string, message: WebhookMessage, words?: SeverityWords): Observation[] =>
  message.alerts.map((given): Observation => {
    const parsed = z.safeParse(WebhookAlert, given, IN_WORDS);
    if (!parsed.success) return invalid(parsed.error);
    const alert = parsed.data;
    const labels = withoutEmpty(alert.labels);
    if (Object.keys(labels).length === 0) return NO_LABELS;
    const theirs = alert.fingerprint?.trim();
    const dedupKey = theirs && theirs.length <= 128 ? theirs.toWellFormed() : fingerprintOf(labels);
    if (alert.status === 'resolved') return { kind: 'resolved', dedupKey, source };
    const event = eventOf(source, dedupKey, labels, alert.annotations ?? {}, words, {
      generatorURL: alert.generatorURL,
      externalURL: message.externalURL,
      startsAt: alert.startsAt,
      truncatedAlerts: message.truncatedAlerts ? String(message.truncatedAlerts) : null,
    });
    return { kind: 'firing', dedupKey, event };
  });

/**
 * The reports in one push of a Prometheus. As in Alertmanager (api/v2/api.go, postAlertsHandler), the labels identify an alert,
 * empty ones do not count, a missing end is five minutes ahead, and an end that is not ahead resolves it.
 */
export const observationsInPush = (
  source: string,
  alerts: readonly unknown[],
  now: Date,
  words?: SeverityWords,
): Observation[] =>
  alerts.map((given): Observation => {
    const parsed = z.safeParse(PushedAlert, given, IN_WORDS);
    if (!parsed.success) return invalid(parsed.error);
    const alert = parsed.data;
    const labels = withoutEmpty(alert.labels);
    if (Object.keys(labels).length === 0) return NO_LABELS;
    const startsAt = instantIn(alert.startsAt);
    const endsAt = instantIn(alert.endsAt);
    if (startsAt === 'unreadable') return { kind: 'invalid', why: 'startsAt is not an RFC 3339 time' };
    if (endsAt === 'unreadable') return { kind: 'invalid', why: 'endsAt is not an RFC 3339 time' };
    if (startsAt && endsAt && endsAt < startsAt) return { kind: 'invalid', why: 'start time must be before end time' };
    const dedupKey = fingerprintOf(labels);
    if (endsAt && endsAt <= now) return { kind: 'resolved', dedupKey, source };
    const expiresAt = endsAt ?? new Date(now.getTime() + RESOLVE_TIMEOUT_MS);
    const event = eventOf(source, dedupKey, labels, alert.annotations ?? {}, words, {
      generatorURL: alert.generatorURL,
      startsAt: alert.startsAt,
    });
    return { kind: 'firing', dedupKey, event: { ...event, expiresAt: expiresAt.toISOString() } };
  });

type Texts = Readonly<Record<string, string>>;

const NO_LABELS: Observation = { kind: 'invalid', why: 'at least one label pair required' };

const invalid = (error: z.core.$ZodError): Observation => ({
  kind: 'invalid',
  why: error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${path.map((part) => String(part).slice(0, 64)).join('.') || 'alert'} ${message}`)
    .join(', '),
});

const withoutEmpty = (labels: Texts): Texts =>
  Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));

/** Go's zero time stands for no time. */
const isZeroTime = (text: string): boolean => text.startsWith('0001-01-01T00:00:00');

const instantIn = (text: string | null | undefined): Date | 'unreadable' | undefined => {
  if (!text || isZeroTime(text)) return undefined;
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? new Date(text) : new Date(NaN);
  return Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9999 ? 'unreadable' : at;
};

const eventOf = (
  source: string,
  dedupKey: string,
  labels: Texts,
  annotations: Texts,
  words: SeverityWords | undefined,
  further: Readonly<Record<string, string | null | undefined>>,
): AlertEvent => {
  const { summary, title, description, message, ...others } = annotations;
  const heading = summary?.trim() || title?.trim() || labels['alertname']?.trim() || `Alert ${dedupKey}`;
  const known = Object.entries(further).filter(
    (entry): entry is [string, string] => Boolean(entry[1]) && !isZeroTime(entry[1] ?? ''),
  );
  return {
    source,
    dedupKey,
    title: fitted(heading, 1024),
    severity: severityIn(labels, words),
    description: fitted(description || message || '', 15_000),
    service: nameIn(labels, 'service', 'job'),
    team: nameIn(labels, 'team'),
    labels: labelsOf(labels),
    annotations: annotationsOf({
      ...Object.fromEntries(known),
      ...(summary && title && { title }),
      ...(description && message && { message }),
      ...others,
    }),
  };
};

const nameIn = (labels: Texts, ...names: readonly string[]): string | null =>
  names.map((name) => fitted(own(labels, name)?.trim() ?? '', 128)).find(Boolean) ?? null;
