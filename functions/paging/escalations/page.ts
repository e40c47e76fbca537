import type { Message } from '../channels/channel.ts';
import type { StoredContact } from '../contacts/contact.ts';
import type { Step, Target } from '../policies/policy.ts';
import type { Escalation, Place } from './escalation.ts';

/**
 * `planned`: to be sent at `dueAt`. `sending`: a sender has it, until `dueAt`; whoever finds it later than that sends it
 * again, under the same key. `sent`: the provider has taken it. `failed`: no provider would. `skipped`: it was not to be sent.
 */
export const PAGE_STATUSES = ['planned', 'sending', 'sent', 'failed', 'skipped'] as const;

/** An entry of the ledger: one for each alert, policy version, round, loop, step, target and contact, written before it is sent. */
export interface StoredPage extends Place {
  /** Unique within the alert; sorts by place. */
  readonly key: string;
  readonly alertId: string;
  readonly policyId: string;
  readonly policyVersion: number;
  readonly title: string;
  readonly severity: string;
  readonly service: string | null;
  /** Whom the step names, and which of their contacts. */
  readonly targetId: string;
  readonly userId: string | null;
  readonly channel: string | null;
  readonly contactId: string | null;
  readonly status: (typeof PAGE_STATUSES)[number];
  /** Why it was not sent, or not yet. */
  readonly reason: string | null;
  readonly plannedAt: string;
  readonly sentAt: string | null;
  readonly attempts: number;
  readonly provider: string | null;
  readonly providerId: string | null;
  readonly dueAt?: string;
}

const LEASE_MS = 60_000;
const MAX_ATTEMPTS = 6;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;

const digits = (n: number): string => String(n).padStart(2, '0');

/** The entries of a step: one for each verified contact of each target, or one that says why a target is not paged. */
export const pagesFor = (
  escalation: Escalation,
  step: Step,
  contactsOf: (target: Target) => readonly StoredContact[],
  at: Date,
): StoredPage[] => {
  const { alertId, policyId, policyVersion, title, severity, service, round, loop } = escalation;
  const place = { round, loop, step: escalation.step };
  const planned = ({ type, id }: Target, contact: StoredContact | undefined): StoredPage => ({
    ...place,
    key: [
      String(policyVersion).padStart(6, '0'),
      String(round).padStart(6, '0'),
      digits(loop),
      digits(place.step),
      id,
      contact?.id ?? 'none',
    ].join('#'),
    alertId,
    policyId,
    policyVersion,
    title,
    severity,
    service,
    targetId: id,
    userId: type === 'user' ? id : null,
    channel: contact?.channel ?? null,
    contactId: contact?.id ?? null,
    status: contact ? 'planned' : 'skipped',
    reason: contact
      ? null
      : type === 'user'
        ? 'The user has no verified contact.'
        : 'The contact is gone or not verified.',
    plannedAt: at.toISOString(),
    sentAt: null,
    attempts: 0,
    provider: null,
    providerId: null,
    ...(contact && { dueAt: at.toISOString() }),
  });
  return step.targets.flatMap((target) => {
    const verified = contactsOf(target).filter((contact) => contact.verified);
    return verified.length > 0 ? verified.map((contact) => planned(target, contact)) : [planned(target, undefined)];
  });
};

/** A page while a sender has it: until the lease is over nobody else takes it. */
export const claimed = (page: StoredPage, at: Date): StoredPage => ({
  ...page,
  status: 'sending',
  attempts: page.attempts + 1,
  dueAt: new Date(at.getTime() + LEASE_MS).toISOString(),
});

const closed = ({ dueAt: _, ...page }: StoredPage): StoredPage => page;

export const sent = (
  page: StoredPage,
  accepted: Pick<StoredPage, 'provider' | 'providerId'>,
  at: Date,
): StoredPage => ({
  ...closed(page),
  ...accepted,
  status: 'sent',
  reason: null,
  sentAt: at.toISOString(),
});

export const skipped = (page: StoredPage, reason: string): StoredPage => ({
  ...closed(page),
  status: 'skipped',
  reason,
});

/** A page whose sending did not succeed: sent again after a while that doubles, by `chance` (0 to 1) up to half as long more. */
export const refused = (page: StoredPage, reason: string, mayPass: boolean, at: Date, chance: number): StoredPage => {
  if (!mayPass || page.attempts >= MAX_ATTEMPTS) return { ...closed(page), status: 'failed', reason };
  const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (page.attempts - 1), LONGEST_RETRY_MS) * (1 + chance / 2);
  return { ...page, status: 'planned', reason, dueAt: new Date(at.getTime() + waitMs).toISOString() };
};

const MAX_TITLE_CHARS = 110;

/** The text of a short message. */
export const textOf = ({ severity, title, service }: Pick<StoredPage, 'severity' | 'title' | 'service'>): string => {
  const short = title.length > MAX_TITLE_CHARS ? `${title.slice(0, MAX_TITLE_CHARS - 1)}…` : title;
  return `${severity.toUpperCase()}: ${short}${service ? ` (${service.slice(0, 30)})` : ''}`;
};

/** What is sent for a page. It is the same in each attempt. */
export const messageOf = (page: StoredPage, { id, to, secretGeneration }: StoredContact): Message => ({
  to,
  contactId: id,
  secretGeneration,
  text: textOf(page),
  data: {
    type: 'page',
    plannedAt: page.plannedAt,
    policy: { id: page.policyId, version: page.policyVersion },
    round: page.round,
    loop: page.loop,
    step: page.step,
    alert: { id: page.alertId, title: page.title, severity: page.severity, service: page.service },
  },
});
