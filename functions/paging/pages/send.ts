import { isTransient } from '../../../shared/aws/transient.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Alert, Silenced, SilencedNow } from '../../alerts/port.ts';
import { settleLimit } from '../../../shared/kernel/map-limit.ts';
import type { Standing } from '../../incidents/port.ts';
import type { Notifications } from '../../health/port.ts';
import { isOn } from '../is-on.ts';
import { gather } from '../digests/gather.ts';
import type { DigestStore } from '../digests/store.ts';
import type { Channel, Channels, Links, Refused } from '../../../shared/channels/channel.ts';
import { isUnanswered } from '../../../shared/channels/no-answer.ts';
import { SHARED, type StoredContact } from '../../../shared/contacts/contact.ts';
import type { ContactStore } from '../../../shared/contacts/store.ts';
import { standing } from '../links/link.ts';
import { silenced, type Escalation } from '../escalations/escalation.ts';
import { giveUp, type GiveUpDeps } from './give-up.ts';
import {
  alone,
  digestOf,
  claimed,
  isOver,
  isSameByOtherContact,
  joined,
  messageKeyOf,
  messageOf,
  MOST_TOLD,
  nameOf,
  refused,
  retryAt,
  sent,
  skipped,
  unanswered,
  unconfirmed,
  type StoredPage,
} from './page.ts';
import { addPageNote, type AddNote } from './page-note.ts';
import type { Reason } from './reason.ts';
import type { EscalationStore } from '../escalations/store.ts';

export interface SendDeps {
  readonly clock: Clock;
  readonly escalations: Pick<EscalationStore, 'page' | 'savePage' | 'postpone'> & GiveUpDeps['escalations'];
  readonly digests: DigestStore;
  readonly contacts: Pick<ContactStore, 'one'>;
  readonly channels: Channels;
  /** The alert as it is at this moment. */
  readonly alertNow: (id: string) => Promise<Alert | undefined>;
  readonly silencedNow: SilencedNow;
  readonly notifying: () => Promise<Notifications>;
  readonly acts: { readonly note: AddNote };
  /** The incident as it is at this moment. */
  readonly incidentNow: (id: string) => Promise<Standing | undefined>;
  /** The links that go out with a page to a person; undefined where there are none. */
  readonly linksOf: (page: StoredPage, userId: string, contact: StoredContact) => Promise<Links | undefined>;
  /** A number from 0 to 1, a new one at each call. */
  readonly chance: () => number;
}

/**
 * Sends a page that is due. The first sender to claim it sends it. The alert is read between the claim and the sending, so that
 * nothing is sent once an acknowledgement was accepted, save what is on its way at that moment. Where a silence keeps the alert
 * quiet, nothing is sent and the escalation is held: the end of the silence begins another round. A sender that dies is followed
 * when its lease is over, under the same key. Of many pages that come to a contact at once the first three are sent at once, and
 * the others, half a minute later, in one message. A provider that gives no answer may have delivered: other channels of the
 * person come first then, and the page is repeated once. Answers the page as it is then. Where nobody was reached by the whole
 * step, the next one is reached at once. A page with a note has it in the timeline of its alert, or this rejects and is tried
 * again; the page does not wait for that.
 */
export const send = async (
  deps: SendDeps,
  { subject, key }: Pick<StoredPage, 'subject' | 'key'>,
): Promise<StoredPage | undefined> => {
  const page = await deps.escalations.page(subject, key);
  if (!page) return undefined;
  const [sent, note] = await Promise.allSettled([sendIfDue(deps, page), addPageNote(deps.acts, page)]);
  if (sent.status === 'rejected') throw sent.reason;
  if (note.status === 'rejected') throw note.reason;
  return sent.value;
};

const sendIfDue = async (deps: SendDeps, page: StoredPage): Promise<StoredPage | undefined> => {
  const { clock, escalations } = deps;
  const { subject, key } = page;
  const at = clock.now();
  if (page.dueAt === undefined || page.dueAt > at.toISOString()) return page;
  const until = await mustWait(deps, page, at);
  if (until) {
    const waiting = joined(page, until);
    return (await escalations.postpone(page, waiting, at)) ? waiting : escalations.page(subject, key);
  }
  const mine = claimed(page, at);
  if (!(await escalations.savePage(page, mine, at))) return escalations.page(subject, key);
  const ends = await attempt(deps, [mine, ...(mine.joins ? await gather(deps, mine) : [])]);
  const [saved] = await settleLimit(ends, AT_ONCE, (each) => noted(deps, each));
  if (saved?.status === 'rejected') throw saved.reason;
  return saved?.value ? ends[0]?.after : escalations.page(subject, key);
};

const AT_ONCE = 25;

/** How long a page of a group waits for the pages of the others. */
const GATHER_MS = 5_000;

/**
 * Until when a page waits for the next digest; undefined where it is sent now. A page whose sender died is sent again at
 * once. Of the pages of a digest the first to come is sent, and takes the others with it.
 */
const mustWait = async (deps: SendDeps, page: StoredPage, at: Date): Promise<Date | undefined> => {
  const { digests, channels, notifying } = deps;
  const { contactId, status, joins = false, asked } = page;
  if (contactId === null || asked || (status !== 'planned' && !joins)) return undefined;
  if (page.channel === null || !channels[page.channel]?.takesLinks) return undefined;
  // The others of its group are written within this time, so that one message has all of them.
  if (page.group !== undefined && !joins) return new Date(at.getTime() + GATHER_MS);
  const { atOnce, windowSeconds } = (await notifying()).digest;
  const window = { windowMs: windowSeconds * 1000, burst: atOnce, joins };
  return digests.enter(contactId, page, at, window);
};

/** A page before and after a sender had it, and whether it ended without reaching the person who had to be reached. */
interface SendAttempt {
  readonly before: StoredPage;
  readonly after: StoredPage;
  readonly isUnreached: boolean;
}

const noted = async (deps: SendDeps, { before, after, isUnreached }: SendAttempt): Promise<boolean> => {
  const { clock, escalations, digests } = deps;
  if (!(await escalations.savePage(before, after, clock.now()))) return false;
  if (before.joins && isOver(after)) await digests.forget(after.contactId ?? '', after);
  if (after.unanswered && !isOver(after)) await hasten(deps, after);
  // A person who was asked for belongs to no step.
  if (isUnreached && !after.asked) await giveUp(deps, after);
  return true;
};

/**
 * Has a person who may not have been reached paged at once by their other channels, without their delays. What waits for
 * quiet hours, to join others, or for a provider that has refused it, goes on waiting.
 */
const hasten = async ({ clock, escalations }: SendDeps, page: StoredPage): Promise<void> => {
  const at = clock.now();
  const later = (await escalations.pagesOfRound(page)).filter(
    (other) =>
      isSameByOtherContact(page, other) &&
      other.status === 'planned' &&
      other.urgency === 'high' &&
      !other.joins &&
      other.attempts === 0 &&
      (other.dueAt ?? '') > at.toISOString(),
  );
  await settleLimit(later, AT_ONCE, (other) => escalations.savePage(other, { ...other, dueAt: at.toISOString() }, at));
};

/** Whether a page that may have been delivered needs no repeat, since its person was reached by another channel. */
const isReachedElsewhere = async ({ escalations }: SendDeps, page: StoredPage): Promise<boolean> =>
  page.unanswered !== undefined &&
  (await escalations.pagesOfRound(page)).some((other) => isSameByOtherContact(page, other) && other.status === 'sent');

/** Sends pages to the contact of the first in one message. Returns the outcome of each, in their order. */
const attempt = async (deps: SendDeps, pages: readonly [StoredPage, ...StoredPage[]]): Promise<SendAttempt[]> => {
  const { clock, chance, escalations, contacts, channels, alertNow, incidentNow, silencedNow, notifying, linksOf } =
    deps;
  const [{ userId, contactId }] = pages;
  const unreached = (why: Reason): SendAttempt[] =>
    pages.map((page) => ({ before: page, after: aside(page, why), isUnreached: true }));
  const contact = await contacts.one(userId ?? SHARED, contactId ?? '');
  if (!contact) return unreached({ code: 'contact_deleted' });
  const channel = channels[contact.channel];
  if (!channel) return unreached({ code: 'channel_missing', channel: contact.channel });
  if (!isOn(await notifying(), contact.channel)) {
    return unreached({ code: 'channel_off', channel: contact.channel });
  }
  // Before the silences: the end of one that is not among them any more has changed its escalation.
  const before = await Promise.all(
    pages.map(({ subject: { id }, asked }) => (asked ? undefined : escalations.escalation(id))),
  );
  const [silencedBy, links] = await Promise.all([
    silencedNow(),
    Promise.all(
      pages
        .slice(0, userId !== null && channel.takesLinks ? MOST_TOLD : 0)
        .map((page) => (page.call ? undefined : linksOf(page, userId ?? '', contact))),
    ),
  ]);
  const elsewhere = await Promise.all(pages.map((page) => isReachedElsewhere(deps, page)));
  // The alerts are read last, to keep the moment short in which a page can overtake an acknowledgement.
  const looked = await Promise.all(
    pages.map(async (page, i): Promise<Looked> => {
      if (elsewhere[i]) return { page, links: undefined, quiet: { code: 'reached_elsewhere' }, mayBeDelivered: true };
      if (page.call) {
        const quiet = calledOffReason(await incidentNow(page.subject.id), page);
        return { page, links: undefined, ...(quiet !== undefined && { quiet }) };
      }
      const [alert, escalation] = [await alertNow(page.subject.id), before[i]];
      const each = { page, links: links[i] };
      const overtaken = overtakenReason(page, escalation);
      const mayRing = overtaken === undefined && alert !== undefined && alert.status !== 'resolved';
      // Silences first: a silenced alert reports neither its acknowledgement nor its snooze, nor their end.
      const silence = mayRing && escalation && silencedBy(alert, clock.now());
      if (silence) return { ...each, quiet: silenceReason(silence), mayPass: !(await hold(deps, escalation)) };
      const quiet = overtaken ?? quietReason(alert, page.asked ?? false);
      if (quiet !== undefined) return { ...each, quiet };
      return alert?.status === 'acknowledged' ? { ...each, standing: standing(alert) } : each;
    }),
  );
  const ringing = looked.filter(({ quiet }) => quiet === undefined);
  const end = await handed(deps, channel, contact, ringing);
  return looked.map(({ page, quiet, mayPass, mayBeDelivered }) => {
    if (quiet === undefined) {
      const after = end(page);
      return { before: page, after, isUnreached: after.status === 'failed' || after.status === 'unconfirmed' };
    }
    if (mayBeDelivered) return { before: page, after: unconfirmed(page, quiet), isUnreached: false };
    const after = mayPass ? refused(page, quiet, retryAt([page], clock.now(), chance())) : aside(page, quiet);
    return { before: page, after, isUnreached: false };
  });
};

/** A page that must not be sent. For a person who was named in an incident it counts as failed, which the incident reports. */
const aside = (page: StoredPage, why: Reason): StoredPage => (page.call ? refused(page, why) : skipped(page, why));

/** A page, and why it is not to be sent, where it is not. */
interface Looked {
  readonly page: StoredPage;
  readonly links: Links | undefined;
  /** How the alert of somebody who was asked for stands, where another has acknowledged it. */
  readonly standing?: string;
  readonly quiet?: Reason;
  /** What keeps it quiet may be over already: it is looked at again. */
  readonly mayPass?: boolean;
  /** A provider gave no answer for it, and another channel has reached its person. */
  readonly mayBeDelivered?: boolean;
}

/** Why a person who was named in an incident is no longer needed. */
const calledOffReason = (incident: Standing | undefined, { userId }: StoredPage): Reason | undefined => {
  if (!incident) return { code: 'incident_gone' };
  if (incident.isOver) return { code: 'incident_over' };
  return incident.participants.has(userId ?? '') ? undefined : { code: 'left_incident' };
};

/** Why a page is superseded by a later one of its escalation. A page to a person who was asked for has no escalation here. */
const overtakenReason = ({ round }: StoredPage, escalation: Escalation | undefined): Reason | undefined => {
  if (escalation && escalation.round > round) return { code: 'superseded_round' };
  return escalation?.status === 'silenced' ? { code: 'silence_began' } : undefined;
};

/**
 * Has an escalation wait for the end of a silence. False where it changed since it was read, and goes on: that may have been
 * the end of the silence.
 */
const hold = async ({ clock, escalations }: SendDeps, escalation: Escalation): Promise<boolean> => {
  if (!isUnderWay(escalation)) return true;
  if (await escalations.save(silenced(escalation), clock.now())) return true;
  return !isUnderWay(await escalations.escalation(escalation.alertId));
};

const isUnderWay = (escalation: Escalation | undefined): boolean =>
  escalation?.status === 'escalating' || escalation?.status === 'exhausted';

const silenceReason = ({ createdBy, endsAt }: Silenced): Reason => ({
  code: 'silenced',
  by: createdBy,
  until: endsAt,
});

/** Hands pages to a provider, one as it is and several as one; answers what becomes of each. */
const handed = async (
  { clock, chance }: SendDeps,
  channel: Channel,
  contact: StoredContact,
  ringing: readonly Looked[],
): Promise<(page: StoredPage) => StoredPage> => {
  const [first, ...others] = ringing;
  if (!first) return (page) => page;
  try {
    const message =
      others.length === 0
        ? { ...messageOf(first.page, contact, first.links), standing: first.standing }
        : digestOf(ringing, contact);
    const pages = ringing.map(({ page }) => page);
    const accepted = await channel.send(message, { idempotencyKey: messageKeyOf(pages), pages: pages.map(nameOf) });
    return (page) => sent(others.length === 0 ? alone(page) : page, accepted, clock.now());
  } catch (error) {
    if (!channel.knowsKeys && isUnanswered(error)) return (page) => unanswered(page, clock.now());
    const why: Reason = { code: 'refused', error: error instanceof Error ? error.name : 'unknown' };
    const { retryAfterMs } = error as Partial<Refused>;
    const pages = ringing.map(({ page }) => page);
    const again = isTransient(error) ? retryAt(pages, clock.now(), chance(), retryAfterMs) : undefined;
    return (page) => refused(page, why, again);
  }
};

/** Why nobody must be paged for an alert now. */
const quietReason = (alert: Alert | undefined, asked: boolean): Reason | undefined => {
  if (!alert) return { code: 'alert_gone' };
  if (alert.status === 'resolved') return { code: 'resolved', by: alert.resolvedBy };
  if (asked) return undefined;
  if (alert.status === 'acknowledged') return { code: 'acknowledged', by: alert.acknowledgedBy };
  return alert.snoozedUntil === null ? undefined : { code: 'snoozed', until: alert.snoozedUntil };
};
