import type { Settings } from '../../functions/health/config/settings.ts';
import { changes, standing, type StoredLink } from '../../functions/paging/links/link.ts';
import { messageKeyOf, type StoredPage } from '../../functions/paging/pages/page.ts';
import { consequencesOf } from '../../functions/alerts/events.ts';
import { ACTIONS } from '../../shared/channels/channel.ts';
import type { Chronicle, Told } from './chronicle.ts';
import { isOfProgram, SLOW_MS, type Asked, type ProviderName, type SimulatedProviders } from './providers.ts';
import type { Weather } from './world/world.ts';

/** A press of a button or a tap on a link. Times are milliseconds of the world. */
export interface Acted {
  readonly token: string;
  /** The person to whom the message was sent. */
  readonly userId: string;
  /** Another member of Slack pressed the button. */
  readonly isStranger: boolean;
  readonly at: number;
  endedAt: number;
  ending: 'done' | 'refused' | 'unknown';
}

/** A request for a responder. `contactIds` are the contacts in the answer; undefined if there was none. */
export interface AskedFor {
  readonly alertId: string;
  readonly userId: string;
  readonly at: number;
  contactIds: readonly string[] | undefined;
}

/** The facts of a night that the promises about messages are checked against. */
export interface MessageNight {
  readonly chronicle: Chronicle;
  readonly asked: readonly Asked[];
  readonly saidBy: SimulatedProviders['saidBy'];
  readonly inForce: readonly { readonly at: number; readonly settings: Settings }[];
  readonly contacts: readonly { readonly id: string; readonly userId: string; readonly channel: ProviderName }[];
  readonly acted: readonly Acted[];
  readonly askedFor: readonly AskedFor[];
  readonly linkOf: (token: string) => StoredLink | undefined;
  readonly notesOf: (alertId: string) => readonly string[];
  readonly weather: Weather;
  /** Neither functions nor services fail; providers may. */
  readonly isFair: boolean;
  /** Providers fail. */
  readonly isMoody: boolean;
  readonly clearAt: number;
  readonly now: number;
}

/** A request of a provider, with the pages that it told of. */
interface Sent extends Asked {
  readonly pages: readonly Told[];
}

/** The promises that were broken, a sentence for each. */
export const brokenMessages = (night: MessageNight): string[] => {
  const sent = night.asked.map((each): Sent => ({ ...each, pages: pagesOf(night, each) }));
  return [
    ...night.chronicle.oddities,
    ...areOwed(night, sent),
    ...areSentOnce(night, sent),
    ...leaveAlone(night, sent),
    ...areToldTogether(night, sent),
    ...obeySettings(night, sent),
    ...endWell(night, sent),
    ...ringsAreHeard(night),
    ...sayHowItStands(night),
    ...buttonsCount(night),
    ...respondersAreCalled(night),
  ];
};

const LEASE_MS = 45_000;
const UNANSWERED_MS = 28_000;
const RETRY_AFTER_MS = 61_000;
const FRESH_MS = 30_000;
const ASKED_AGAIN_MS = 5 * 60_000;
const FOUL_LATE_MS = 4 * 60_000;
/** All attempts of a page with their waits. A provider may prolong each wait. */
const RETRIES_MS = 6 * RETRY_AFTER_MS + 60_000;

const clock = (at: number): string => new Date(at).toISOString().slice(11, 23);

/** The pages that a message told of: its key names one, or is made of all of them. */
const pagesOf = ({ chronicle }: MessageNight, { key, message, askedAt }: Asked): readonly Told[] => {
  const one = chronicle.pages.get(key);
  if (one || key.includes('#')) return one ? [one] : [];
  const wanted = (message.data['alerts'] ?? []) as readonly string[];
  const mine = [...chronicle.pages.values()].filter(
    ({ page, writtenAt, versions }) =>
      page.contactId === message.contactId && writtenAt <= askedAt && versions.some(({ page: each }) => each.joins),
  );
  const found = (chosen: readonly Told[], left: readonly string[]): readonly Told[] | undefined => {
    const [alertId, ...others] = left;
    if (alertId === undefined) return messageKeyOf(chosen.map(({ page }) => page)) === key ? chosen : undefined;
    for (const told of mine) {
      if (told.page.subject.id !== alertId || chosen.includes(told)) continue;
      const all = found([...chosen, told], others);
      if (all) return all;
    }
    return undefined;
  };
  return found([], wanted) ?? [];
};

/**
 * How long a look at the alerts of a message may be on its way back to the sender. It looks at all pages that wait to be told
 * together, so one whose answer is lost delays the message, even where the message tells of another page alone.
 */
const lookMs = ({ weather }: MessageNight, pages: readonly Told[]): number => {
  const isTogether = pages.length > 1 || pages.some(({ versions }) => versions.some(({ page }) => page.joins));
  if (weather.dawdles > 0) return isTogether ? 45_000 : 8_200;
  return isTogether && weather.losesAnswer > 0 ? 7_500 : 300;
};

/**
 * A message reports pages of the ledger to their contact while they are owed: while the alert rings or, for a responder, is
 * unresolved.
 */
const areOwed = (night: MessageNight, sent: readonly Sent[]): string[] => {
  const { chronicle } = night;
  return sent.flatMap(({ key, message, askedAt, pages }) => {
    const failures: string[] = [];
    if (pages.length === 0) return [`${key}: sent, and not in the ledger`];
    for (const { page, key: name, writtenAt } of pages) {
      if (page.contactId !== message.contactId) failures.push(`${name}: sent to ${message.contactId}`);
      if (writtenAt > askedAt) failures.push(`${name}: sent before it was written to the ledger`);
      const alert = chronicle.alerts.get(page.subject.id);
      const from = askedAt - lookMs(night, pages);
      const rings = alert?.rings.some((ring) => ring.from <= askedAt && ring.to > from) ?? false;
      const overAt = alert?.transitions.find(({ alert: { status } }) => status === 'resolved')?.at ?? Infinity;
      if (page.asked ? overAt <= from : !rings) failures.push(`${name}: sent while nobody was to be paged`);
    }
    return failures;
  });
};

/**
 * Whether the lease of a page's first sender may have ended before the second asked the provider. It counts from the claim,
 * seconds before the first request.
 */
const isLeaseOver = ({ claimedAt }: Told, first: Asked, second: Asked): boolean =>
  second.askedAt - (claimedAt.findLast((at) => at <= first.askedAt) ?? first.askedAt) >= LEASE_MS;

/**
 * Nobody is paged twice: a second message tells of a page only where the first had no answer, half a minute later, or where its
 * sender has died, when its lease is over. Without deaths no page is sent a third time.
 */
const areSentOnce = (night: MessageNight, sent: readonly Sent[]): string[] => {
  const { chronicle, weather, contacts } = night;
  const failures: string[] = [];
  for (const told of chronicle.pages.values()) {
    const mine = sent.filter(({ pages, takenAt }) => takenAt !== undefined && pages.includes(told));
    const isProgram = isOfProgram(contacts.find(({ id }) => id === told.page.contactId)?.channel);
    for (const [i, second] of mine.entries()) {
      const first = mine[i - 1];
      if (!first) continue;
      const gap = second.askedAt - first.askedAt;
      const mayRepeat = first.answer === 'lost' && (isProgram || gap >= UNANSWERED_MS);
      const isSenderGone = isLeaseOver(told, first, second) && !night.isFair;
      if (!mayRepeat && !isSenderGone) failures.push(`${told.key}: sent again after ${gap} ms`);
      if (told.closed && told.closed.at < second.askedAt) failures.push(`${told.key}: sent again after it was noted`);
    }
    const isSure = weather.dies + weather.refuses + weather.losesAnswer + weather.dawdles === 0;
    if (isSure && !isProgram && mine.length > 2) failures.push(`${told.key}: sent ${mine.length} times`);
  }
  return failures;
};

/**
 * A provider that asks to be left alone is not asked for the same page meanwhile, save where the sender that heard it has died.
 */
const leaveAlone = ({ weather, isFair }: MessageNight, sent: readonly Sent[]): string[] =>
  sent.flatMap((first) => {
    const { spareUntil, pages, provider } = first;
    if (spareUntil === undefined || !['slack', 'teams', 'webhook'].includes(provider)) return [];
    const soon = sent.find(
      (each) =>
        each.askedAt > first.askedAt &&
        each.askedAt < spareUntil - 2 * weather.skewMs - 100 &&
        each.pages.some((page) => pages.includes(page) && (isFair || !isLeaseOver(page, first, each))),
    );
    return soon ? [`${first.key}: ${provider} asked to be left alone until ${clock(spareUntil)}, and was not`] : [];
  });

/** Beyond the first few, pages that come to a person at once go into one digest, each of them once. */
const areToldTogether = ({ inForce, contacts, weather }: MessageNight, sent: readonly Sent[]): string[] => {
  const digests = inForce.map(({ settings }) => settings.notifications.digest);
  const most = 2 * (Math.max(...digests.map(({ atOnce }) => atOnce)) + 1);
  const windowMs = Math.min(...digests.map(({ windowSeconds }) => windowSeconds)) * 1000 - 2 * weather.skewMs;
  const failures: string[] = [];
  for (const { id, channel } of contacts) {
    if (isOfProgram(channel)) continue;
    const told = new Set<Told>();
    const firsts: number[] = [];
    for (const { message, pages, askedAt } of sent) {
      if (message.contactId !== id) continue;
      const isAnew = pages.every((page) => !told.has(page) && !page.page.asked);
      for (const page of pages) told.add(page);
      if (isAnew) firsts.push(askedAt);
    }
    for (const [i, at] of firsts.entries()) {
      const next = firsts[i + most];
      if (next !== undefined && next - at < windowMs && (weather.dawdles === 0 || next - at < windowMs / 2))
        failures.push(`${id}: more than ${most} messages at once at ${clock(at)}`);
    }
  }
  for (const { key, pages, message, provider } of sent) {
    if (pages.length > 1 && isOfProgram(provider)) failures.push(`${key}: is a digest to a program`);
    const wanted = (message.data['alerts'] as readonly string[] | undefined)?.length ?? 1;
    if (pages.length !== wanted || new Set(pages).size < pages.length) failures.push(`${key}: tells of other pages`);
    if (pages.length > 1 && pages.some(({ page }) => page.asked))
      failures.push(`${key}: who is asked for is made to wait`);
  }
  return failures;
};

const isOffAt = ({ inForce }: MessageNight, channel: ProviderName, from: number, to: number): boolean =>
  inForce.some(
    ({ at, settings }, i) =>
      at <= to && (inForce[i + 1]?.at ?? Infinity) > from && !settings.notifications.channels[channel],
  );

const isOnAt = ({ inForce }: MessageNight, channel: ProviderName, from: number, to: number): boolean =>
  inForce.some(
    ({ at, settings }, i) =>
      at <= to && (inForce[i + 1]?.at ?? Infinity) > from && settings.notifications.channels[channel],
  );

/** How long a sender may go by settings that hold no more. */
const obeyedMs = ({ weather }: MessageNight): number => FRESH_MS + 2 * weather.skewMs + 2_000;

/** Nothing is sent by a channel that was switched off more than half a minute before. */
const obeySettings = (night: MessageNight, sent: readonly Sent[]): string[] =>
  sent.flatMap(({ key, provider, askedAt }) => {
    const from = askedAt - obeyedMs(night);
    const isSettled = night.isFair || from > night.clearAt;
    return isSettled && !isOnAt(night, provider, from, askedAt)
      ? [`${key}: sent by ${provider}, which is switched off`]
      : [];
  });

/** The ledger records the outcome of each page in time, as providers, alerts and settings confirm. */
const endWell = (night: MessageNight, sent: readonly Sent[]): string[] => {
  const { chronicle, isFair, isMoody, inForce, clearAt, now } = night;
  const windowMs = Math.max(...inForce.map(({ settings }) => settings.notifications.digest.windowSeconds)) * 1000;
  const failures: string[] = [];
  for (const told of chronicle.pages.values()) {
    const { key, page, writtenAt, closed, versions } = told;
    if (page.contactId === null) continue;
    const mine = sent.filter(({ pages }) => pages.includes(told));
    const joins = versions.some(({ page: each }) => each.joins);
    const due = Math.max(writtenAt, Date.parse(page.dueAt ?? page.plannedAt));
    const by =
      Math.max(due, clearAt) +
      (isFair ? 5_000 : FOUL_LATE_MS) +
      (joins ? 2 * windowMs + 5_000 : 0) +
      (isMoody ? SLOW_MS : 0) +
      (told.claimedAt.length > 1 ? RETRIES_MS : 0);
    if ((closed?.at ?? now) > by)
      failures.push(`${key}: planned at ${clock(writtenAt)}, and nothing came of it by ${clock(by)}`);
    if (!closed) continue;
    const { status, reason } = closed.page;
    const has = (answer: Asked['answer']): boolean => mine.some((each) => each.answer === answer);
    if (status === 'sent' && !has('taken')) failures.push(`${key}: sent, and no provider has taken it`);
    if (status !== 'sent' && has('taken') && isFair) failures.push(`${key}: a provider has it, and it is ${status}`);
    if (status === 'failed' && mine.length > 0 && !has('refused') && !has('lost'))
      failures.push(`${key}: failed, and nobody refused it`);
    if (status === 'unconfirmed' && !has('lost') && isFair)
      failures.push(`${key}: unconfirmed, and each request was answered`);
    if (status !== 'skipped') continue;
    const isOff = isOffAt(
      night,
      page.channel as ProviderName,
      writtenAt - obeyedMs(night) - (isFair ? 0 : FOUL_LATE_MS),
      closed.at,
    );
    const alert = chronicle.alerts.get(page.subject.id);
    const rang = alert?.rings.some(({ from, to }) => from <= writtenAt && to > closed.at) ?? false;
    const isOver = alert?.transitions.at(-1)?.alert.status === 'resolved';
    // A round that began before is reason enough: it may be held back itself before it pages anybody.
    const newRoundAt = chronicle.rounds.get(page.subject.id)?.[page.round + 1] ?? Infinity;
    const isPagedAnew = [...chronicle.pages.values()].some(
      (other) => other.page.subject.id === page.subject.id && other.page.round > page.round,
    );
    const isOvertaken = isPagedAnew || newRoundAt <= closed.at;
    if (!isOff && (page.asked ? !isOver : rang && !isOvertaken))
      failures.push(`${key}: skipped for no reason: ${reason?.code}`);
  }
  return failures;
};

/** An alert that rings on has pages in the ledger. */
const ringsAreHeard = ({ chronicle, isFair, clearAt, now }: MessageNight): string[] =>
  [...chronicle.alerts.values()].flatMap(({ id, rings }) =>
    rings.flatMap(({ from, to }) => {
      const by = Math.max(from, isFair ? 0 : clearAt) + (isFair ? 5_000 : FOUL_LATE_MS);
      if (Math.min(to, now) <= by) return [];
      const isHeard = [...chronicle.pages.values()].some(
        ({ page, writtenAt }) => page.subject.id === id && !page.asked && writtenAt >= from && writtenAt <= by,
      );
      return isHeard ? [] : [`${id}: rings since ${clock(from)}, and no page was written by ${clock(by)}`];
    }),
  );

/** Each message in Slack about one alert shows its final state, with the buttons that still change something. */
const sayHowItStands = (night: MessageNight): string[] => {
  const { chronicle, saidBy, asked } = night;
  const failures: string[] = [];
  for (const { key, closed } of chronicle.pages.values()) {
    const page = closed?.page as StoredPage;
    if (page?.provider !== 'slack' || page.status !== 'sent') continue;
    // A digest is about many alerts, and does not change.
    if (!asked.find(({ ts }) => ts === page.providerId)?.key.includes('#')) continue;
    const said = saidBy(page.providerId ?? '');
    const [first, last] = [said[0], said.at(-1)];
    const alert = chronicle.alerts.get(page.subject.id);
    const present = alert?.transitions.at(-1)?.alert;
    if (!first || !last || !alert || !present) {
      failures.push(`${key}: is in Slack as nothing that was posted`);
      continue;
    }
    const isChanged = alert.transitions.some(
      ({ at, alert: { transition } }) => at > first.at && consequencesOf(transition.type).rewritesChats,
    );
    const wanted = standing(present);
    if (last.standing === undefined ? isChanged || present.status !== 'open' : last.standing !== wanted)
      failures.push(`${key}: says “${last.standing}”, and ${wanted}`);
    for (const action of ACTIONS) {
      const isThere = last.buttons[action] !== undefined;
      if (isThere && !changes({ action } as StoredLink, present))
        failures.push(`${key}: has a button to ${action}, and is ${present.status}`);
    }
  }
  return failures;
};

const BY_LINK = 'By a link that was sent.';

/** A button acts once, for the person to whom the message was sent. A stranger changes nothing. */
const buttonsCount = ({ acted, linkOf, chronicle }: MessageNight): string[] => {
  const failures: string[] = [];
  const done = { acknowledge: 'acknowledged', resolve: 'resolved' } as const;
  const used = new Set<string>();
  for (const { token, isStranger, ending, at, endedAt } of acted) {
    const link = linkOf(token);
    if (!link) {
      failures.push(`${token}: was sent, and is not known`);
      continue;
    }
    if (isStranger && ending === 'done')
      failures.push(`${link.alertId}: a stranger pressed a button, and it was taken`);
    if (isStranger || ending !== 'done' || used.has(token)) continue;
    used.add(token);
    const rings = chronicle.alerts.get(link.alertId)?.rings ?? [];
    const isFirst = acted.find((each) => each.token === token && !each.isStranger)?.at === at;
    if (isFirst && rings.some(({ from, to }) => from <= at && to > endedAt))
      failures.push(`${link.alertId}: rings on, although somebody pressed ${link.action} at ${clock(at)}`);
  }
  for (const { id, transitions } of chronicle.alerts.values()) {
    for (const { alert } of transitions) {
      const { type, actor, note } = alert.transition;
      if (note !== BY_LINK) continue;
      const mine = acted.filter(({ token, isStranger }) => {
        const link = linkOf(token);
        return !isStranger && link?.alertId === id && link.userId === actor.id && done[link.action] === type;
      });
      const most =
        new Set(mine.map(({ token }) => token)).size + mine.filter(({ ending }) => ending === 'unknown').length;
      const often = transitions.filter(
        ({ alert: { transition } }) =>
          transition.note === BY_LINK && transition.type === type && transition.actor.id === actor.id,
      ).length;
      if (often > most) failures.push(`${id}: ${actor.id} pressed ${most} buttons, and it was ${type} ${often} times`);
    }
  }
  return failures;
};

/** A person who is asked for is paged, once in five minutes, and the alert's timeline says so, once for each time. */
const respondersAreCalled = ({ askedFor, chronicle, notesOf, weather }: MessageNight): string[] => {
  const failures: string[] = [];
  for (const { alertId, userId, contactIds } of askedFor) {
    if (contactIds === undefined) continue;
    const mine = [...chronicle.pages.values()].filter(
      ({ page }) => page.subject.id === alertId && page.userId === userId && page.asked,
    );
    for (const contactId of contactIds) {
      const times = mine
        .filter(({ page }) => page.contactId === contactId)
        .map(({ writtenAt }) => writtenAt)
        .sort((a, b) => a - b);
      if (times.length === 0)
        failures.push(`${alertId}: ${userId} was asked for, and no page to ${contactId} was written`);
      for (const [i, at] of times.entries()) {
        if (at - (times[i - 1] ?? -Infinity) < ASKED_AGAIN_MS - 2 * weather.skewMs - 20_000)
          failures.push(`${alertId}: ${userId} was asked for twice at ${clock(at)}`);
      }
    }
  }
  for (const alertId of chronicle.alerts.keys()) {
    const asked = [...chronicle.pages.values()].filter(({ page }) => page.subject.id === alertId && page.asked);
    for (const userId of new Set(asked.map(({ page }) => page.userId))) {
      const times = new Set(asked.filter(({ page }) => page.userId === userId).map(({ page }) => page.plannedAt)).size;
      const said = notesOf(alertId).filter((note) => note === `${userId} was asked to respond.`).length;
      if (said !== times)
        failures.push(`${alertId}: ${userId} was asked for ${times} times, and its timeline says so ${said} times`);
    }
  }
  return failures;
};
