import { sha256 } from '../../../shared/kernel/ids.ts';
import type { ChannelName, Links, Message } from '../../../shared/channels/channel.ts';
import type { StoredContact } from '../../../shared/contacts/contact.ts';
import { oneLine } from '../../../shared/channels/one-line.ts';
import type { Target } from '../../oncall/port.ts';
import { noticesFor, type Notice } from '../rules/notification-rules.ts';
import type { Escalation, Place } from '../escalations/escalation.ts';
import type { Subject } from '../subject.ts';
import type { PageNote } from './page-note.ts';
import type { Reached } from './reach.ts';
import type { Reason } from './reason.ts';

/**
 * `planned`: it is sent at `dueAt`. `sending`: a sender holds its lease until `dueAt`; after that another sends it again,
 * under the same key. `sent`: the provider accepted it. `failed`: no provider did, or it could not deliver it. `unconfirmed`: the provider gave no
 * answer, so the page may have been delivered. `skipped`: it must not be sent.
 */
export const PAGE_STATUSES = ['planned', 'sending', 'sent', 'failed', 'unconfirmed', 'skipped'] as const;

/**
 * An entry of the ledger: one for each alert, policy version, round, loop, step, person and contact, written before it is
 * sent.
 */
export interface StoredPage extends Place {
  /** Unique within its subject; sorts by place. */
  readonly key: string;
  readonly subject: Subject;
  readonly policyId: string;
  readonly policyVersion: number;
  readonly title: string;
  readonly severity: string;
  readonly service: string | null;
  readonly urgency: Escalation['urgency'];
  /** What the step names: a user, a schedule, a team or a contact; the first of them where several led to the user. */
  readonly targetId: string;
  /** Null where the target reached nobody, or belongs to nobody. */
  readonly userId: string | null;
  readonly channel: ChannelName | null;
  readonly contactId: string | null;
  readonly status: (typeof PAGE_STATUSES)[number];
  /** Why it was not sent, or not yet. */
  readonly reason: Reason | null;
  /** Somebody asked for this person: they are paged even if another has acknowledged. */
  readonly asked?: boolean;
  /** What the timeline of the alert says of it: who asked for its person. */
  readonly note?: PageNote;
  /** For an incident: its severity, the roles of the person, and the user who gave them. */
  readonly call?: { readonly severity: string; readonly roles: readonly string[]; readonly by: string };
  /** The group of its alert, whose pages to a contact are sent as one. */
  readonly group?: string;
  /** Its person had just been paged, so it waits for the next digest. */
  readonly joins?: boolean;
  readonly plannedAt: string;
  readonly sentAt: string | null;
  /** When the provider reported that its person has it; only some providers do. */
  readonly deliveredAt?: string;
  readonly attempts: number;
  /** How often the provider gave no answer: each time it may have delivered the page. */
  readonly unanswered?: number;
  readonly provider: string | null;
  readonly providerId: string | null;
  readonly dueAt?: string;
}

const LEASE_MS = 60_000;
const MAX_ATTEMPTS = 6;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;

const digits = (n: number): string => String(n).padStart(2, '0');

/** The part of an escalation that its pages carry. */
type Paged = Place &
  Pick<Escalation, 'policyId' | 'policyVersion' | 'title' | 'service' | 'urgency' | 'group'> & {
    readonly subject: Subject;
    readonly severity: string;
  };

/**
 * The entries of a step, in the order of their keys: one for each verified contact of each person reached, once each, and
 * one that says why where a person has none or a target reaches nobody. For a person who is asked for by name,
 * `askedBefore` counts the earlier requests.
 */
export const pagesFor = (
  escalation: Paged,
  reached: readonly Reached[],
  at: Date,
  askedBefore?: number,
): StoredPage[] => {
  const { subject, policyId, policyVersion, title, severity, service, urgency, round, loop, group } = escalation;
  const place = { round, loop, step: escalation.step };
  const asked = askedBefore !== undefined;
  const entry = (target: Target, userId: string | null, to: Notice | { readonly reason: Reason }): StoredPage => {
    const { contact, dueAt } = 'contact' in to ? to : {};
    return {
      ...place,
      key: [
        String(policyVersion).padStart(6, '0'),
        String(round).padStart(6, '0'),
        digits(loop),
        // A person who was asked for may be a target of the step as well.
        digits(place.step) + (asked ? `+${askedBefore || ''}` : ''),
        userId ?? target.id,
        contact?.id ?? 'none',
      ].join('#'),
      subject,
      policyId,
      policyVersion,
      title,
      severity,
      service,
      urgency,
      targetId: target.id,
      userId,
      channel: contact?.channel ?? null,
      contactId: contact?.id ?? null,
      status: contact ? 'planned' : 'skipped',
      reason: to.reason,
      ...(asked && { asked }),
      ...(group !== undefined && { group }),
      plannedAt: at.toISOString(),
      sentAt: null,
      attempts: 0,
      provider: null,
      providerId: null,
      ...(dueAt && { dueAt: dueAt.toISOString() }),
    };
  };
  const seen = new Set<string>();
  return reached
    .flatMap(({ target, whom, reason }) => {
      if (reason !== null) return [entry(target, null, { reason })];
      const others = whom.filter(({ userId }) => !seen.has(userId ?? target.id));
      for (const { userId } of others) seen.add(userId ?? target.id);
      return others.flatMap(({ userId, contacts, rules, barred }) => {
        const verified = contacts.filter((contact) => contact.verified);
        const notices = noticesFor(rules, verified, urgency, at);
        if (notices.length > 0) return notices.map((notice) => entry(target, userId, notice));
        if (verified.length > 0) return [entry(target, userId, { reason: { code: 'low_urgency_unwanted' } })];
        const code = barred ?? (userId === null ? 'contact_unverified' : 'no_verified_contact');
        return [entry(target, userId, { reason: { code } })];
      });
    })
    .sort((one, other) => (one.key < other.key ? -1 : 1));
};

/** What the keys of a round's pages begin with. */
export const roundOf = (key: string): string => `${key.split('#').slice(0, 2).join('#')}#`;

/** What the keys of a step's pages begin with. */
export const placeOf = (key: string): string => `${key.split('#').slice(0, 4).join('#')}#`;

/** A page while a sender has it: until the lease is over nobody else takes it. */
export const claimed = (page: StoredPage, at: Date): StoredPage => ({
  ...page,
  status: 'sending',
  attempts: page.attempts + 1,
  dueAt: new Date(at.getTime() + LEASE_MS).toISOString(),
});

/** Whether nothing more becomes of a page. */
export const isOver = ({ status }: StoredPage): boolean => status !== 'planned' && status !== 'sending';

/** A page that waits until `until` for the next digest. */
export const joined = (page: StoredPage, until: Date): StoredPage => ({
  ...page,
  status: 'planned',
  joins: true,
  reason: { code: 'waits_for_digest' },
  dueAt: until.toISOString(),
});

/** Whether a page waits for a digest alone. Every other page has a time of its own, such as the one that its provider asks for. */
export const waitsForDigest = ({ status, reason }: StoredPage): boolean =>
  status === 'planned' && reason?.code === 'waits_for_digest';

/** A page that waited for others and is the only one left: its message is about it alone. */
export const alone = ({ joins: _, ...page }: StoredPage): StoredPage => page;

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

/** A page of which the provider reports that its person has it. */
export const delivered = (page: StoredPage, at: Date): StoredPage => ({ ...page, deliveredAt: at.toISOString() });

/** A page that the provider took and could not deliver. */
export const undelivered = (page: StoredPage, event: string): StoredPage => ({
  ...page,
  status: 'failed',
  reason: { code: 'undelivered', event },
});

export const skipped = (page: StoredPage, reason: Reason): StoredPage => ({
  ...closed(page),
  status: 'skipped',
  reason,
});

/** The longest wait that a receiver may ask for. Nobody can delay a page for ever. */
const LONGEST_WAIT_MS = 300_000;

/**
 * When a message whose sending did not succeed is sent again: after a while that doubles with the attempts of its pages, by
 * `chance` (0 to 1) up to half as long more, and not before the provider asks for it. The pages of a digest stay together.
 */
export const retryAt = (
  pages: readonly Pick<StoredPage, 'attempts'>[],
  at: Date,
  chance: number,
  retryAfterMs: number = 0,
): Date => {
  const attempts = Math.max(...pages.map((page) => page.attempts));
  const ownMs = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LONGEST_RETRY_MS) * (1 + chance / 2);
  return new Date(at.getTime() + Math.max(ownMs, Math.min(retryAfterMs, LONGEST_WAIT_MS)));
};

/** A page whose sending did not succeed: sent again at `again`, and failed without it or after the last attempt. */
export const refused = (page: StoredPage, reason: Reason, again?: Date): StoredPage =>
  again === undefined || page.attempts >= MAX_ATTEMPTS
    ? { ...closed(page), status: 'failed', reason }
    : { ...page, status: 'planned', reason, dueAt: again.toISOString() };

/** A provider that answers late may deliver late: the repeat waits for other channels, and for an acknowledgement. */
const UNANSWERED_WAIT_MS = 30_000;
/** A page is delivered twice at most. */
const MAX_UNANSWERED = 2;

/** A page that may have been delivered, or not. */
export const unconfirmed = (page: StoredPage, reason: Reason): StoredPage => ({
  ...closed(page),
  status: 'unconfirmed',
  reason,
});

/**
 * A page whose provider gave no answer. That is no refusal: it may have been delivered, so it is repeated once, after half
 * a minute, and is unconfirmed where that has no answer either.
 */
export const unanswered = (page: StoredPage, at: Date): StoredPage => {
  const times = (page.unanswered ?? 0) + 1;
  if (times >= MAX_UNANSWERED) {
    return unconfirmed({ ...page, unanswered: times }, { code: 'unanswered_twice' });
  }
  return {
    ...page,
    status: 'planned',
    unanswered: times,
    reason: { code: 'unanswered' },
    dueAt: new Date(at.getTime() + UNANSWERED_WAIT_MS).toISOString(),
  };
};

/** Whether two pages are of one step and one person, by different contacts. */
export const isSameByOtherContact = (page: StoredPage, other: StoredPage): boolean =>
  page.userId !== null &&
  other.userId === page.userId &&
  other.contactId !== page.contactId &&
  placeOf(other.key) === placeOf(page.key);

const MAX_TITLE_CHARS = 110;
const MAX_SERVICE_CHARS = 30;
const MAX_NAME_CHARS = 30;

/** The text of a short message. */
export const textOf = ({
  severity,
  title,
  service,
  call,
}: Pick<StoredPage, 'severity' | 'title' | 'service' | 'call'>): string => {
  const what = `${oneLine(title, MAX_TITLE_CHARS)}${service ? ` (${oneLine(service, MAX_SERVICE_CHARS)})` : ''}`;
  if (!call) return `${severity.toUpperCase()}: ${what}`;
  return `${call.severity} incident: ${what}. ${oneLine(call.by, MAX_NAME_CHARS)} named you ${call.roles.join(' and ')}.`;
};

/** What is sent for a page. It is the same in each attempt. */
export const messageOf = (
  page: StoredPage,
  { id, to, secretGeneration }: StoredContact,
  links: Links | undefined,
): Message => ({
  to,
  contactId: id,
  secretGeneration,
  text: textOf(page),
  links,
  data: page.call ? callData(page, page.call) : alertData(page),
});

const callData = ({ plannedAt, subject, title, service }: StoredPage, call: NonNullable<StoredPage['call']>) => ({
  type: 'page' as const,
  plannedAt,
  incident: { id: subject.id, title, severity: call.severity, service },
  roles: call.roles,
});

const alertData = (page: StoredPage) => ({
  type: 'page' as const,
  plannedAt: page.plannedAt,
  policy: { id: page.policyId, version: page.policyVersion },
  round: page.round,
  loop: page.loop,
  step: page.step,
  alert: { id: page.subject.id, title: page.title, severity: page.severity, service: page.service },
});

/** The name of a page among all pages. */
export const nameOf = ({ subject, key }: Pick<StoredPage, 'subject' | 'key'>): string => `${subject.id}#${key}`;

/**
 * The idempotency key of the message about these pages: the ledger's key of a single page, or a hash of all keys in any
 * order. A provider that knows the key has sent every one of them.
 */
export const messageKeyOf = (pages: readonly Pick<StoredPage, 'subject' | 'key'>[]): string => {
  const names = pages.map(nameOf).sort();
  return names.length === 1 ? names.join() : sha256(...names);
};

/** A digest names this many pages. */
export const MOST_TOLD = 5;

/** A digest: how many pages there are, the first of them, and how each is acknowledged. */
export const digestOf = (
  pages: readonly { readonly page: StoredPage; readonly links: Links | undefined }[],
  contact: StoredContact,
): Message => {
  const told = pages
    .slice(0, MOST_TOLD)
    .flatMap(({ page, links }) => [textOf(page), ...(links ? [`Acknowledge: ${links.acknowledge}`] : [])]);
  const more = pages.length - MOST_TOLD;
  return {
    to: contact.to,
    contactId: contact.id,
    secretGeneration: contact.secretGeneration,
    text: [`${pages.length} alerts`, ...told, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    data: { type: 'page', alerts: pages.map(({ page }) => page.subject.id) },
  };
};
