import type { Escalation } from '../../functions/paging/escalations/escalation.ts';
import type { Step } from '../../functions/oncall/policies/policy.ts';
import { isCall } from './calls.ts';
import type { AlertTold, Chronicle, Stretch, Told } from './chronicle.ts';
import { answersCount, type SimulatedAnswers } from './answers.ts';
import type { SimulatedDuty } from './duty.ts';
import type { Handed } from './provider.ts';
import { heardAt, isHeldBack, mayBeSilenced, ringsHeard, silencesHold, type SimulatedSilences } from './silences.ts';
import { isSuppressed, routedRightly, type SimulatedRouting } from './routing.ts';
import { shiftsAreTold, turnsAreKept, whomItPages, type Turn } from './whom.ts';

/** The facts of a night that the promises of paging are checked against. Times are milliseconds of the world. */
export interface Night {
  readonly chronicle: Chronicle;
  readonly handed: readonly Handed[];
  readonly refusals: (key: string) => number;
  readonly escalations: readonly (Escalation & { readonly due?: string; readonly dueAt?: string })[];
  /** Steps and waits of each version of each policy, by `versionOf`. */
  readonly policies: ReadonlyMap<string, Pick<Escalation, 'steps' | 'repeat' | 'acknowledgementTimeoutMinutes'>>;
  /** The rules that choose a policy; undefined where all alerts follow the default one. */
  readonly routing: SimulatedRouting | undefined;
  /** Who is on call, and who was notified. */
  readonly duty: SimulatedDuty;
  /** Turns of steps whose targets take turns. */
  readonly turns: readonly Turn[];
  /** While which alerts were silenced. */
  readonly silences: Pick<SimulatedSilences, 'silencedWhile'>;
  /** What people answered by links and by SMS. */
  readonly answers: ReturnType<SimulatedAnswers['answers']>;
  /** When people asked for the next step at once. */
  readonly hurried: readonly (Stretch & { readonly alertId: string })[];
  /** Something goes wrong until then. */
  readonly clearAt: number;
  /** How late anything may be, from when it was due or, where that is later, from when it cleared up. */
  readonly lateMs: number;
  readonly skewMs: number;
  /** How long a look at an alert may be on its way back to the sender. */
  readonly lookMs: number;
  /** How long before it hands a message over a sender may have read the silences. */
  readonly silenceLookMs: number;
  /** In this night no sender dies, nothing is refused and no answer is lost. */
  readonly isFair: boolean;
  readonly now: number;
}

/** After this time, a sender that claimed a page is dead, or knows that its outcome is unknown. */
const SENDER_LIVES_MS = 45_000;
/** A page that its provider refuses is tried again for as long, at most. */
const RETRIES_MS = 150_000;
const GATHERS_MS = 5_000;

/** The promises that were broken, a sentence for each. */
export const brokenPromises = (night: Night): string[] => [
  ...night.chronicle.oddities,
  ...handedOnce(night),
  ...notAfterAcknowledgement(night),
  ...silencesHold(night),
  ...answersCount(night),
  ...shiftsAreTold(night),
  ...turnsAreKept(
    night,
    [...night.chronicle.alerts.keys()].flatMap((id) => placesOf(night, id)),
  ),
  ...[...night.chronicle.alerts.values()].flatMap((alert) => [
    ...stepsInTime(night, alert),
    ...routedRightly(night, alert),
    ...acknowledgementsEnd(night, alert),
    ...endsAs(night, alert),
  ]),
  ...[...night.chronicle.pages.values()].flatMap((page) => toldRightly(night, page)),
];

/** Nobody is paged twice: of one key a second message only where what became of the first cannot be known. */
const handedOnce = ({ handed, chronicle, isFair }: Night): string[] => {
  const failures: string[] = [];
  const before = new Map<string, Handed>();
  for (const message of handed) {
    const { key, contactId, askedAt, isDouble } = message;
    const told = chronicle.pages.get(key);
    if (!told || told.writtenAt > askedAt) failures.push(`${key}: handed over, and not in the ledger`);
    if (told && told.page.contactId !== contactId) failures.push(`${key}: handed over for ${contactId}`);
    const first = before.get(key);
    if (isDouble) continue;
    before.set(key, message);
    if (!first) continue;
    const claimedAt = told?.claimedAt.findLast((at) => at <= first.askedAt) ?? 0;
    const isSenderGone = askedAt - claimedAt >= SENDER_LIVES_MS;
    if (isFair) failures.push(`${key}: handed over twice in a fair night`);
    else if (told?.closed && told.closed.at < askedAt) failures.push(`${key}: handed over again after it was noted`);
    else if (first.answer !== 'lost' && !isSenderGone) failures.push(`${key}: handed over by two senders at once`);
  }
  return failures;
};

const ringsAt = ({ rings }: AlertTold, from: number, to: number): boolean =>
  rings.some((ring) => ring.from <= to && ring.to > from);

/**
 * No page once an acknowledgement, a snooze or a resolution was accepted, save what was looked at just before; and none that
 * was planned before one of these, once the next round must have begun.
 */
const notAfterAcknowledgement = (night: Night): string[] =>
  night.handed.flatMap(({ key, askedAt }) => {
    const { chronicle, lookMs } = night;
    const page = chronicle.pages.get(key)?.page;
    if (page && isCall(page)) return [];
    const alert = chronicle.alerts.get(key.split('#')[0] ?? '');
    const ring = alert && ringsHeard(night, alert).findLast(({ from }) => from <= askedAt);
    const writtenAt = chronicle.pages.get(key)?.writtenAt ?? Infinity;
    if (ring && !ring.goesOn && writtenAt < ring.since && askedAt > deadline(night, ring.from)) {
      return [`${key}: handed over in a later round`];
    }
    return alert && ringsAt(alert, askedAt - lookMs, askedAt)
      ? []
      : [`${key}: handed over while nobody was to be paged`];
  });

export interface Place {
  readonly name: string;
  readonly round: number;
  readonly loop: number;
  readonly step: number;
  readonly policyId: string;
  readonly policyVersion: number;
  readonly plannedAt: number;
  readonly writtenAt: number;
  readonly pages: readonly Told[];
}

/** The steps of an alert that were reached, in the order in which they were. */
const placesOf = ({ chronicle }: Night, alertId: string): Place[] => {
  const found = new Map<string, Place & { readonly pages: Told[] }>();
  for (const told of chronicle.pages.values()) {
    const { page, writtenAt } = told;
    if (page.subject.id !== alertId) continue;
    const name = `round ${page.round}, loop ${page.loop}, step ${page.step}`;
    const plannedAt = Date.parse(page.plannedAt);
    const { round, loop, step, policyId, policyVersion } = page;
    const place = found.get(name) ?? {
      name,
      round,
      loop,
      step,
      policyId,
      policyVersion,
      plannedAt,
      writtenAt,
      pages: [],
    };
    place.pages.push(told);
    found.set(name, place);
  }
  return [...found.values()].sort((a, b) => a.writtenAt - b.writtenAt || a.round - b.round);
};

/** A version of a policy by its name. */
export const versionOf = ({ policyId, policyVersion }: Pick<Escalation, 'policyId' | 'policyVersion'>): string =>
  `${policyId} ${policyVersion}`;

const deadline = ({ clearAt, lateMs }: Night, due: number): number => Math.max(due, clearAt) + lateMs;

/** For so long the noise settings of an alert may hold its first step back. A hold that is longer is a lost alert. */
const longestHoldMs = ({ chronicle }: Night, alertId: string): number =>
  Math.max(
    0,
    ...(chronicle.courses.get(alertId) ?? []).map(({ escalation: { noise } }) =>
      noise?.group ? Math.max(noise.group.waitSeconds, noise.group.intervalSeconds) * 1000 : 0,
    ),
  );

/** Each ring reaches the first step, each step is followed by the next: none early, none late, none twice, none left out. */
const stepsInTime = (night: Night, alert: AlertTold): string[] => {
  const { id } = alert;
  const rings = ringsHeard(night, alert);
  const failures: string[] = [];
  const places = placesOf(night, id);
  for (const ring of rings) {
    const by = deadline(night, ring.from + longestHoldMs(night, id));
    if (ring.goesOn || Math.min(ring.to, night.now) <= by || isSuppressed(night, id, ring.from, by)) continue;
    if (!places.some(({ loop, step, writtenAt }) => loop + step === 0 && writtenAt >= ring.since && writtenAt <= by)) {
      failures.push(`${id}: rang at ${clock(ring.from)}, and no first step was reached by ${clock(by)}`);
    }
  }
  for (const [i, place] of places.entries()) {
    const { name, round, writtenAt, policyVersion } = place;
    const policy = night.policies.get(versionOf(place));
    const present = night.escalations.find(({ alertId }) => alertId === id);
    if (!policy || !present) return [...failures, `${id}: no escalation, or one by a policy that never was`];
    const step = policy.steps[place.step];
    if (!step) return [...failures, `${id}: ${name} is no step of the policy at version ${policyVersion}`];
    if (versionOf(present) !== versionOf(place))
      failures.push(`${id}: ${name} is not of the policy that it began with`);
    failures.push(...whomItPages(night, id, place, policy.steps));
    const previous = places.slice(0, i).findLast((each) => each.round === round);
    if (!previous && place.loop + place.step > 0) failures.push(`${id}: ${name} is the first of its round`);
    const next = nextPlace(place, policy);
    const followers = places.filter((each) => each.round === round && each.writtenAt >= writtenAt && each !== place);
    const follower = followers[0];
    const due = dueAfter(place, step);
    if (follower) {
      if (!next || follower.loop !== next.loop || follower.step !== next.step) {
        failures.push(`${id}: ${name} is followed by ${follower.name}`);
      }
      const isHurried = night.hurried.some(
        (each) => each.alertId === id && each.from <= follower.writtenAt && each.to >= writtenAt,
      );
      const earliest = Math.min(due, (nobodyLeftAt(place) ?? Infinity) - night.skewMs);
      const isEarly = follower.plannedAt < earliest || follower.writtenAt < earliest - night.skewMs;
      if (!isHurried && isEarly) failures.push(`${id}: ${follower.name} is early`);
    }
    const by = deadline(night, Math.max(due, writtenAt));
    const isOvertaken = places.some((each) => each.round > round && each.writtenAt <= by);
    const ring = rings.findLast(({ from }) => from <= writtenAt);
    if (!next || isOvertaken || !ring || Math.min(ring.to, night.now) <= by) continue;
    if (!follower || follower.writtenAt > by) {
      failures.push(`${id}: nothing follows ${name} of ${clock(writtenAt)} by ${clock(by)}`);
    }
  }
  return failures;
};

const nextPlace = ({ loop, step }: Place, { steps, repeat }: Pick<Escalation, 'steps' | 'repeat'>) => {
  if (step + 1 < steps.length) return { loop, step: step + 1 };
  return loop < repeat ? { loop: loop + 1, step: 0 } : undefined;
};

/** When what comes after a step is due: at once where it reached nobody. */
const dueAfter = ({ plannedAt, pages }: Place, { escalateAfterMinutes }: Step): number =>
  plannedAt + (pages.some(({ page }) => page.status === 'planned') ? escalateAfterMinutes * 60_000 : 0);

/** When every page of a step had failed; undefined if one was sent, or may still be. */
const nobodyLeftAt = ({ pages }: Place): number | undefined => {
  const ends = pages.map(({ closed }) => (closed?.page.status === 'sent' ? undefined : closed?.at));
  return ends.includes(undefined) ? undefined : Math.max(...ends.map((at) => at ?? 0));
};

/** An acknowledgement lasts as long as the policy says, and no longer. */
const acknowledgementsEnd = (night: Night, told: AlertTold): string[] => {
  const { id, transitions } = told;
  const minutes = night.escalations.find(({ alertId }) => alertId === id)?.acknowledgementTimeoutMinutes;
  const failures: string[] = [];
  for (const [i, { at, alert }] of transitions.entries()) {
    const isFirst = alert.status === 'acknowledged' && transitions[i - 1]?.alert.status !== 'acknowledged';
    if (!isFirst) continue;
    const end = transitions.slice(i).find((each) => each.alert.status !== 'acknowledged');
    const due =
      minutes === undefined || minutes === null ? Infinity : Date.parse(alert.acknowledgedAt ?? '') + minutes * 60_000;
    if (end?.alert.transition.actor.kind === 'system' && end.alert.status === 'open' && end.at < due - night.skewMs) {
      failures.push(`${id}: the acknowledgement of ${clock(at)} was taken back early`);
    }
    const by = deadline(night, Math.max(due, heardAt(night, told, at)));
    if ((end?.at ?? Infinity) > by && night.now > by && !isSuppressed(night, id, at, by)) {
      failures.push(`${id}: the acknowledgement of ${clock(at)} was not taken back by ${clock(by)}`);
    }
  }
  return failures;
};

/** At the end, the state of an escalation follows from its alert, and it has exactly one next check if it needs one. */
const endsAs = (night: Night, { id, transitions, rings }: AlertTold): string[] => {
  const last = transitions.at(-1);
  const mine = night.escalations.filter(({ alertId }) => alertId === id);
  const [escalation] = mine;
  if (!last || deadline(night, last.at) > night.now) return [];
  // What opened and was over before paging heard of it has none; a ring that lasts is looked for among the steps.
  if (!escalation && last.alert.status === 'resolved') return [];
  if (!escalation || mine.length > 1) return [`${id}: ${mine.length} escalations`];
  const { status, nextAt } = escalation;
  const lookAt = escalation.due === 'DUE' ? escalation.dueAt : undefined;
  const wanted =
    last.alert.status === 'resolved'
      ? ['ended']
      : isSuppressed(night, id, night.now, night.now)
        ? ['suppressed']
        : rings.at(-1)?.to === Infinity
          ? ['escalating', 'exhausted']
          : ['held'];
  const failures: string[] = [];
  if (!wanted.includes(status)) failures.push(`${id}: is ${last.alert.status}, and its escalation ${status}`);
  if (lookAt !== nextAt) failures.push(`${id}: goes on at ${nextAt}, and is looked at at ${lookAt}`);
  if (status === 'escalating' && nextAt === undefined) failures.push(`${id}: escalates, and nothing wakes it`);
  if (nextAt !== undefined && Date.parse(nextAt) + night.lateMs < night.now)
    failures.push(`${id}: stuck since ${nextAt}`);
  return failures;
};

/** The ledger records the outcome of each page, as the provider and the alert confirm. */
const toldRightly = (night: Night, { key, page, writtenAt, closed, claimedAt }: Told): string[] => {
  const { chronicle, handed, refusals } = night;
  const taken = handed.filter((each) => each.key === key);
  if (!closed) {
    const due = Math.max(writtenAt, Date.parse(page.dueAt ?? page.plannedAt));
    return deadline(night, due) + RETRIES_MS < night.now
      ? [`${key}: planned at ${clock(writtenAt)}, and nothing came of it`]
      : [];
  }
  const { status, attempts } = closed.page;
  const failures: string[] = [];
  if (attempts !== claimedAt.length) failures.push(`${key}: ${claimedAt.length} attempts, and ${attempts} counted`);
  const dueAt = Math.max(writtenAt, Date.parse(page.dueAt ?? page.plannedAt));
  if ((claimedAt[0] ?? Infinity) < dueAt - night.skewMs) failures.push(`${key}: sent before its time`);
  // The pages of a group wait for each other.
  const gathersMs = page.group === undefined ? 0 : GATHERS_MS;
  const by = deadline(night, dueAt + gathersMs) + (night.isFair && refusals(key) === 0 ? 0 : RETRIES_MS);
  if (closed.at > by)
    failures.push(`${key}: planned at ${clock(writtenAt)}, and ${status} only at ${clock(closed.at)}`);
  if (status === 'sent' && taken.length === 0) failures.push(`${key}: sent, and the provider knows nothing of it`);
  if (status !== 'sent' && taken.some(({ answer }) => answer === 'heard') && night.isFair) {
    failures.push(`${key}: the provider has it, and it is ${status}`);
  }
  if (status === 'failed' && refusals(key) === 0 && !isCall(page))
    failures.push(`${key}: failed, and the provider refused nothing`);
  const isWithoutContact = page.contactId === null;
  const rings = chronicle.alerts.get(page.subject.id)?.rings ?? [];
  const rangAllTheTime = rings.some(({ from, to }) => from <= writtenAt && to > closed.at);
  const isGone = chronicle.contacts.some(({ contactId, to }) => contactId === page.contactId && to <= closed.at);
  const pagedAnewBy = deadline(night, closed.at);
  const isPagedAnew = [...chronicle.pages.values()].some(
    (other) =>
      other.page.subject.id === page.subject.id && other.page.round > page.round && other.writtenAt <= pagedAnewBy,
  );
  const newRoundAt = chronicle.rounds.get(page.subject.id)?.[page.round + 1] ?? Infinity;
  const ringsOn = rings.some(({ from, to }) => from <= writtenAt && to > pagedAnewBy);
  const isOvertaken = isPagedAnew || (newRoundAt <= closed.at && !ringsOn);
  const alert = chronicle.alerts.get(page.subject.id);
  const saysSilenced = isHeldBack(closed.page);
  const isSilenced = saysSilenced && alert !== undefined && mayBeSilenced(night, alert, writtenAt, closed.at);
  if (status === 'skipped' && !isWithoutContact && rangAllTheTime && !isGone && !isOvertaken && !isSilenced) {
    failures.push(`${key}: skipped, and the alert rang all the time`);
  }
  if (status === 'skipped' && isWithoutContact) {
    const had = chronicle.contacts.some(
      (each) => each.userId === page.userId && each.from <= writtenAt - 30_000 && each.to > writtenAt,
    );
    if (had) failures.push(`${key}: says that ${page.userId} has no contact`);
  }
  return failures;
};

const clock = (at: number): string => new Date(at).toISOString().slice(11, 23);
