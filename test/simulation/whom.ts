import type { Step, Target } from '../../functions/oncall/policies/policy.ts';
import type { SimulatedDuty } from './duty.ts';
import { versionOf, type Night, type Place } from './promises.ts';
import { stepCounts } from './roster.ts';

/** The people behind each target of a step, by its id. */
type Meaning = ReadonlyMap<string, readonly string[]>;

/** A turn that was taken, and when the table counted it. */
export interface Turn {
  readonly at: number;
  readonly policyId: string;
  readonly step: number;
  /** How many were taken before it. */
  readonly number: number;
  /** Alert, round and loop of the escalation that took it. */
  readonly by: string;
}

/**
 * Who a step pages, by who is on call when it is reached: all of its targets; of targets that take turns the one whose turn it
 * is, or after those who cannot be reached the next who can; nobody outside of its hours.
 */
export const whomItPages = (night: Night, id: string, place: Place, steps: readonly Step[]): string[] => {
  const step = steps[place.step];
  const { name, pages, plannedAt } = place;
  if (!step) return [];
  if (!stepCounts(step, steps, plannedAt)) {
    const isSaid = step.targets.every(({ id: targetId }) => pages.some(({ page }) => page.targetId === targetId));
    const isPassedOver = pages.every(({ page }) => page.userId === null && page.reason?.code === 'outside_hours');
    return isSaid && isPassedOver ? [] : [`${id}: ${name} counts at other hours, and pages somebody`];
  }
  if (step.assignment !== 'round_robin') {
    const failures = meaningsOf(night, place, step.targets).map((meaning) =>
      reachedRightly(night, id, place, step.targets, meaning),
    );
    return failures.some((each) => each.length === 0) ? [] : (failures[0] ?? []);
  }
  const ways = turnsFor(night, place).flatMap(({ number }) => waysFrom(night, place, step.targets, number));
  const failures = ways.map(({ tried, meaning }) => reachedRightly(night, id, place, tried, meaning));
  if (failures.some((each) => each.length === 0)) return [];
  return [`${id}: ${name} pages somebody whose turn it is not`, ...(failures[0] ?? [])];
};

/** The earliest instant at which the data of a step may have been read. */
const readFrom = ({ skewMs }: Night, { plannedAt, writtenAt }: Place): number =>
  Math.min(plannedAt - skewMs, writtenAt);

/** Every possible meaning of the targets. A change while the step was being reached may count or not. */
const meaningsOf = (night: Night, place: Place, targets: readonly Target[]): readonly Meaning[] =>
  targets.reduce<readonly Meaning[]>(
    (found, target) =>
      found.flatMap((meaning) =>
        night.duty.roster
          .standsFor(target, place.plannedAt, readFrom(night, place), place.writtenAt)
          .map((people) => new Map([...meaning, [target.id, people]])),
      ),
    [new Map()],
  );

/**
 * A page for exactly the contacts that each target has when the step is reached. A person without one has an entry that says
 * so.
 */
const reachedRightly = (
  { chronicle }: Night,
  id: string,
  place: Place,
  targets: readonly Target[],
  meaning: Meaning,
): string[] => {
  const { plannedAt, writtenAt, pages, name } = place;
  const from = Math.min(plannedAt, writtenAt) - 30_000;
  const failures: string[] = [];
  const people = new Set(targets.flatMap((target) => meaning.get(target.id) ?? []));
  for (const userId of people) {
    const mine = pages.filter(({ page }) => page.userId === userId);
    const paged = new Set(mine.map(({ page }) => page.contactId));
    const [sure, possible] = [
      chronicle.contacts.filter((each) => each.userId === userId && each.from <= from && each.to > writtenAt),
      chronicle.contacts.filter((each) => each.userId === userId && each.from <= writtenAt && each.to > from),
    ];
    for (const { contactId } of sure) {
      if (!paged.has(contactId)) failures.push(`${id}: ${name} does not page ${userId} at ${contactId}`);
    }
    if (mine.length === 0) failures.push(`${id}: ${name} says nothing of ${userId}`);
    for (const contactId of paged) {
      const isKnown = contactId === null || possible.some((each) => each.contactId === contactId);
      if (!isKnown) failures.push(`${id}: ${name} pages ${userId} at ${contactId}, which is gone`);
    }
  }
  const empty = targets.filter((target) => meaning.get(target.id)?.length === 0);
  for (const { id: targetId } of empty) {
    const isSaid = pages.some(({ page }) => page.targetId === targetId && page.userId === null);
    if (!isSaid) failures.push(`${id}: ${name} does not say that nobody is reached by ${targetId}`);
  }
  const strangers = pages.filter(
    ({ page }) => !people.has(page.userId ?? '') && !empty.some((target) => target.id === page.targetId),
  );
  if (strangers.length > 0) failures.push(`${id}: ${name} pages somebody who is no target of it`);
  return failures;
};

/**
 * The turns that may belong to a step: those that were counted while it was being reached, and one that its escalation took before
 * and kept, because its write collided.
 */
const turnsFor = (night: Night, place: Place): readonly Turn[] => {
  const taker = [place.pages[0]?.page.subject.id, place.round, place.loop].join('#');
  return night.turns.filter(
    ({ policyId, step, at, by }) =>
      policyId === place.policyId &&
      step === place.step &&
      at <= place.writtenAt &&
      (at >= readFrom(night, place) || by === taker),
  );
};

/** The targets that may have been tried in turn: up to the first who can be reached, or all. */
const waysFrom = (night: Night, place: Place, targets: readonly Target[], turn: number) => {
  const first = turn % targets.length;
  const inOrder = [...targets.slice(first), ...targets.slice(0, first)];
  const reached = new Set(place.pages.flatMap(({ page }) => (page.status === 'planned' ? [page.userId] : [])));
  return meaningsOf(night, place, targets).flatMap((meaning) => {
    const last = inOrder.findIndex(({ id }) => meaning.get(id)?.some((userId) => reached.has(userId)));
    return [{ meaning, tried: last === -1 ? inOrder : inOrder.slice(0, last + 1) }];
  });
};

/** Two changes of an escalation within this time may have met. */
const MEETS_MS = 5_000;

/** A turn belongs to one step. It is lost only if two workers met, and another step took a turn between them. */
export const turnsAreKept = (night: Night, places: readonly Place[]): string[] => {
  const { turns, chronicle, policies, hurried, isFair } = night;
  const failures: string[] = [];
  const inTurns = places.filter(
    (place) => policies.get(versionOf(place))?.steps[place.step]?.assignment === 'round_robin',
  );
  const sole = inTurns.flatMap((place) => {
    const [turn, ...others] = turnsFor(night, place);
    return turn && others.length === 0 ? [turn] : [];
  });
  if (new Set(sole).size < sole.length) failures.push('a turn was taken for two steps');
  const alerts = [...chronicle.alerts.values()];
  const isSilenced = alerts.some(
    ({ transitions }) => night.silences.silencedWhile(transitions.at(-1)?.alert.title ?? '').length > 0,
  );
  if (!isFair || isSilenced) return failures;
  const moments = [
    ...alerts.flatMap(({ transitions }) => transitions.map(({ at }) => at)),
    ...hurried.map(({ from }) => from),
    ...[...chronicle.pages.values()].flatMap(({ closed }) =>
      closed && closed.page.status !== 'sent' ? [closed.at] : [],
    ),
  ];
  const mayMeet = (at: number): boolean =>
    at % 60_000 <= MEETS_MS || moments.some((moment) => Math.abs(moment - at) <= MEETS_MS);
  for (const turn of turns) {
    const mine = inTurns.filter((place) => turnsFor(night, place).includes(turn));
    const taken = new Set(mine.flatMap((place) => turnsFor(night, place)));
    const isPassedOver = mine.length === 0 || taken.size > mine.length;
    if (isPassedOver && !mayMeet(turn.at)) failures.push(`turn ${turn.number} of step ${turn.step} went to nobody`);
  }
  return failures;
};

/** The tick after a hand-off notifies people. */
const TOLD_MS = 150_000;

/** Each person is notified once when their shift begins and once when it ends, and nobody else is. */
export const shiftsAreTold = ({ duty, now }: { readonly duty: SimulatedDuty; readonly now: number }): string[] => {
  const { roster } = duty;
  const failures = [...roster.oddities()];
  const onDuty = new Set<string>();
  for (const { at, foundAt, userId, isOver } of duty.told()) {
    // The notice follows from what held when it was written.
    const isOnCall = roster.onCall(foundAt, at, at).some((users) => users.includes(userId) !== isOver);
    const what = isOver ? 'is over' : 'has begun';
    if (!isOnCall) failures.push(`${userId} was told that their time on call ${what}, and it is not so`);
    if (onDuty.has(userId) !== isOver) failures.push(`${userId} was told twice that their time on call ${what}`);
    if (isOver) onDuty.delete(userId);
    else onDuty.add(userId);
  }
  const moments = Array.from({ length: TOLD_MS / 30_000 + 1 }, (_, i) => now - i * 30_000);
  const lately = moments.flatMap((at) => roster.onCall(at, now - TOLD_MS, now));
  const [users = []] = lately;
  const isSettled = new Set(lately.map((each) => [...each].sort().join())).size === 1;
  if (isSettled && [...onDuty].sort().join() !== [...users].sort().join()) {
    failures.push(`${users.join()} is on call, and ${[...onDuty].join()} was told so`);
  }
  return failures;
};
