import type { Settings } from '../../functions/health/config/settings.ts';
import { BLIND } from '../../functions/health/rules/blind.ts';
import type { StoredRule } from '../../functions/health/rules/rule.ts';

/** A point that a host sent; one that is not sure may have been taken, or not. Times are milliseconds of the world. */
interface Point {
  readonly at: number;
  readonly metric: string;
  readonly host: string;
  readonly value: number;
  readonly isSure: boolean;
  /** When the sender knew the outcome. */
  readonly knownAt: number;
}

/** What the tables took: rules, how often each instance began to fire, and its alerts. */
export interface RuleFacts {
  readonly points: Point[];
  readonly rules: Map<string, { readonly at: number; readonly rule: StoredRule | undefined }[]>;
  /** By rule and instance, as alerts name them. */
  readonly fired: Map<string, number>;
  readonly alerts: Map<string, { readonly at: number; readonly isOpen: boolean }[]>;
  /** Whether a rule that could not be judged still says so. */
  readonly blind: Map<string, boolean>;
}

interface Bounds {
  readonly inForce: readonly { readonly at: number; readonly settings: Settings }[];
  readonly startAt: number;
  readonly clearAt: number;
  readonly endAt: number;
  readonly isFair: boolean;
  readonly skewMs: number;
}

/** A change is obeyed within half a minute; the tick comes each minute, and may fail once. */
const LATE_MS = 165_000;
const STEP_MS = 5_000;

/** Whether a rule is broken for an instance; undefined where it may be either. */
type Wanted = 'broken' | 'well' | undefined;

interface Judged {
  readonly at: number;
  readonly wanted: Wanted;
  /** The definition by which it is judged. A change of it begins again. */
  readonly by: string;
}

const clock = (at: number): string => new Date(at).toISOString().slice(11, 19);

/** The promises about rules that were broken, a sentence for each. */
export const brokenRules = (facts: RuleFacts, bounds: Bounds): string[] => {
  const failures: string[] = [];
  for (const [key, opened] of facts.alerts) {
    const [often, most] = [opened.filter(({ isOpen }) => isOpen).length, facts.fired.get(key) ?? 0];
    if (often > most) failures.push(`${key}: its alert opened ${often} times, and the rule fired ${most} times`);
  }
  for (const [id, versions] of facts.rules) {
    const blind = facts.alerts.get(`${id}:${BLIND}`) ?? [];
    if (bounds.isFair && blind.length > 0) failures.push(`${id}: could not be judged in a fair night`);
    if (facts.blind.get(id) || blind.at(-1)?.isOpen) failures.push(`${id}: is judged again, and does not say so`);
    const instances = ['all', ...new Set(facts.points.map(({ host }) => `host=${host}`))];
    for (const instance of instances) {
      const isOf = (rule: StoredRule): boolean => (rule.groupBy.length === 0) === (instance === 'all');
      failures.push(
        ...brokenInstance(facts, bounds, `${id}:${instance}`, judgedOver(facts, bounds, versions, instance, isOf)),
      );
    }
  }
  return failures;
};

type Versions = readonly { readonly at: number; readonly rule: StoredRule | undefined }[];

/** Every few seconds, each instant at which a point is sent, and each change with the last instant before it. */
const instantsOf = ({ points }: RuleFacts, { inForce, startAt, endAt }: Bounds, versions: Versions): number[] => {
  const instants = new Set<number>();
  for (let at = startAt; at < endAt; at += STEP_MS) instants.add(at);
  for (const { at } of points) instants.add(at);
  for (const { at } of [...versions, ...inForce]) for (const each of [at - 1, at]) instants.add(each);
  return [...instants].filter((at) => at >= startAt && at < endAt).sort((a, b) => a - b);
};

/** How a rule judges an instance over the night. */
const judgedOver = (
  facts: RuleFacts,
  bounds: Bounds,
  versions: Versions,
  instance: string,
  isOf: (rule: StoredRule) => boolean,
): readonly Judged[] => {
  const { inForce } = bounds;
  const judged: Judged[] = [];
  const mine = facts.points.filter(({ host }) => instance === 'all' || `host=${host}` === instance);
  const byMetric = Map.groupBy(mine, ({ metric }) => metric);
  const pointsOf = (metric: string): readonly Point[] => byMetric.get(metric) ?? [];
  let last: Wanted = 'well';
  let [changedAt, isJudged] = [0, false];
  for (const at of instantsOf(facts, bounds, versions)) {
    const rule = versions.findLast((each) => each.at <= at)?.rule;
    const { settings } = inForce.findLast((each) => each.at <= at) ?? {};
    if (!rule || !rule.enabled || !isOf(rule) || !settings) {
      judged.push({ at, wanted: 'well', by: 'nothing' });
      last = 'well';
      continue;
    }
    // A rule that is deleted loses its instances first, and their alerts resolve.
    const isGoing = versions.some((each) => each.rule === undefined && each.at > at && each.at - at <= EDGE_MS);
    const by = `${rule.version} ${limitOf(rule, settings)} ${rule.forSeconds} ${rule.keepFiringSeconds}`;
    if (judged.at(-1)?.by !== by) [changedAt, isJudged] = [at, false];
    const holds = seenBy(rule, settings, (metric, seconds, holdsFor) =>
      observed(pointsOf(metric), metric, at, seconds * 1000, holdsFor),
    );
    const missing: Wanted =
      rule.missingData === 'keep' ? (isJudged ? last : undefined) : rule.missingData === 'ok' ? 'well' : 'broken';
    const isKnown = instance === 'all' || mine.some((each) => each.at <= at);
    const wanted: Wanted = isGoing
      ? undefined
      : !isKnown
        ? 'well'
        : holds === 'nothing'
          ? missing
          : holds === 'unsure'
            ? undefined
            : holds
              ? 'broken'
              : 'well';
    last = wanted;
    // What is kept is a judgement by this definition, which the tick after a change makes.
    if (holds !== 'nothing') isJudged = at - changedAt >= LATE_MS;
    judged.push({ at, wanted, by });
  }
  return judged;
};

/** What a rule is compared with: of a preset the threshold in force. */
const limitOf = ({ condition, preset, version, name }: StoredRule, { thresholds }: Settings): number => {
  if (condition.type === 'absence') return 0;
  if (condition.type === 'ratio') return condition.percent;
  if (condition.type !== 'threshold') throw new Error(`No rule of this night is a ${condition.type}`);
  const isOfPreset = preset !== null && version === 1;
  const limits: Readonly<Record<string, number>> = {
    CpuHigh: thresholds.cpuPercent.warning,
    CpuCritical: thresholds.cpuPercent.critical,
  };
  return (isOfPreset ? limits[name] : undefined) ?? condition.value;
};

/** Whether something holds, or too little was observed to say; unsure where it may be either. */
type Seen = boolean | 'nothing' | 'unsure';

/** Whether the condition of a rule holds by what is seen of a metric in a window. */
const seenBy = (
  rule: StoredRule,
  settings: Settings,
  see: (metric: string, seconds: number, holds: (value: number) => boolean) => Seen,
): Seen => {
  const { condition } = rule;
  const limit = limitOf(rule, settings);
  switch (condition.type) {
    case 'threshold':
      return see(condition.metric, condition.windowSeconds, (value) =>
        condition.operator === '>=' ? value >= limit : value > limit,
      );
    case 'ratio': {
      const of = see(condition.denominator.metric, condition.windowSeconds, () => true);
      if (of !== true) return of;
      // A hundred are counted, so the share is the value; what was not counted did not happen.
      const part = see(condition.numerator.metric, condition.windowSeconds, (value) => value > limit);
      return part === 'nothing' ? false : part;
    }
    case 'absence': {
      const seen = see(condition.metric, condition.windowSeconds, () => true);
      return seen === 'nothing' || (seen === 'unsure' ? seen : false);
    }
    default:
      throw new Error(`No rule of this night is a ${condition.type}`);
  }
};

/** The edges of a window may fall to either side, by clocks, by minutes and while a point is on its way. */
const EDGE_MS = 1_000;

const observed = (
  mine: readonly Point[],
  metric: string,
  at: number,
  windowMs: number,
  holds: (value: number) => boolean,
): Seen => {
  const possible = mine.filter((each) => each.at <= at && each.at > at - windowMs - EDGE_MS);
  if (possible.length === 0) return 'nothing';
  const sure = possible.filter((each) => each.isSure && each.knownAt <= at && each.at > at - windowMs + EDGE_MS);
  const newest = Math.max(0, ...sure.map((each) => each.at));
  // Presets go by the average, for which the other points of the window count as well.
  const counting = possible.filter((each) => each.at >= newest - (metric.startsWith('system.') ? windowMs : 0));
  const verdicts = new Set(counting.map(({ value }) => holds(value)));
  return sure.length === 0 || verdicts.size > 1 ? 'unsure' : verdicts.has(true);
};

/** An alert is open once its rule has been broken for as long as it says, and over once it has been well for so long. */
const brokenInstance = (
  facts: RuleFacts,
  { clearAt, skewMs }: Bounds,
  key: string,
  judged: readonly Judged[],
): string[] => {
  const alerts = facts.alerts.get(key) ?? [];
  const isOpenAt = (at: number): boolean => alerts.findLast((each) => each.at <= at)?.isOpen ?? false;
  const waitsMs = ({ by }: Judged): number => {
    const [, , forSeconds = 0, keepFiringSeconds = 0] = by.split(' ').map(Number);
    return Math.max(forSeconds, keepFiringSeconds) * 1000;
  };
  const failures: string[] = [];
  let since = judged[0];
  let isReported = false;
  for (const each of judged) {
    if (!since || each.wanted !== since.wanted || each.by !== since.by) [since, isReported] = [each, false];
    if (since.wanted === undefined || isReported) continue;
    if (each.at < Math.max(since.at, clearAt) + waitsMs(each) + LATE_MS) continue;
    isReported = isOpenAt(each.at) !== (since.wanted === 'broken');
    if (isReported && since.wanted === 'broken')
      failures.push(`${key}: broken since ${clock(since.at)}, and nobody was told`);
    else if (isReported) failures.push(`${key}: well since ${clock(since.at)}, and its alert is open`);
  }
  for (const { at, isOpen } of alerts) {
    if (!isOpen) continue;
    const from = at <= clearAt + LATE_MS ? 0 : at - LATE_MS - 120_000;
    const hasReason = judged.some(
      (each) => each.at >= from && each.at <= at + skewMs + STEP_MS && each.wanted !== 'well',
    );
    if (!hasReason) failures.push(`${key}: its alert opened at ${clock(at)}, and it was well`);
  }
  return failures;
};
