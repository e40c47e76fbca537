import { consequencesOf, type AlertMessage } from '../../alerts/events.ts';
import type { Alert } from '../../alerts/port.ts';
import type { Decision, Noise, Step, Urgency } from '../../oncall/port.ts';
import type { Hold } from '../noise/hold.ts';

/**
 * `escalating`: a step is due at `nextAt`. `held`: somebody has acknowledged or snoozed the alert. `exhausted`: the last step
 * of the last loop was reached, and nobody answered. `silenced`: a silence held the alert back when a page was due.
 * `suppressed`: a routing rule pages nobody for it. `ended`: the alert is resolved.
 */
export const ESCALATION_STATUSES = ['escalating', 'held', 'silenced', 'exhausted', 'suppressed', 'ended'] as const;

/** The paging of an alert and its progress. It follows the policy as it was when the alert first fired. */
export interface Escalation {
  readonly alertId: string;
  readonly title: string;
  readonly severity: Alert['severity'];
  readonly service: string | null;
  readonly urgency: Urgency;
  /** The values that the routing rules set when the alert first fired. They override those of the alert. */
  readonly said: Pick<Decision['said'], 'service' | 'severity' | 'urgency'>;
  /** What named the policy, and the routing rules that matched. Absent in escalations that began before it was recorded. */
  readonly routedBy?: { readonly policyFrom: Decision['policyFrom']; readonly rules: readonly string[] };
  /** When people are paged, where routing rules say so. */
  readonly noise?: Noise;
  /** What holds the first step back. */
  readonly waits?: Hold;
  /** Somebody had the next step reached at once: nothing holds this escalation back any more. */
  readonly passed?: true;
  /** The group whose alerts are paged as one. */
  readonly group?: string;
  readonly policyId: string;
  readonly policyVersion: number;
  readonly steps: readonly Step[];
  readonly repeat: number;
  readonly acknowledgementTimeoutMinutes: number | null;
  readonly status: (typeof ESCALATION_STATUSES)[number];
  /** How often the alert has begun to ring: again after an acknowledgement was taken back, or a snooze ended. */
  readonly round: number;
  readonly loop: number;
  /** The step that is reached at `nextAt`. */
  readonly step: number;
  /** The part of the step that was reached already, if it has more people than one transaction writes. */
  readonly inPart?: {
    readonly afterKey: string;
    readonly reachedSomebody: boolean;
    readonly targetIds: readonly string[];
  };
  /** Whether somebody was paged in this round, or is about to be. */
  readonly reached?: boolean;
  /** RFC 3339 UTC; while escalating, and while held by an acknowledgement that expires. */
  readonly nextAt?: string;
  /** Number of the alert's latest transition that was followed. */
  readonly sequence: number;
  /** Number of the transition by which the present round began. */
  readonly rangBy: number;
  readonly version: number;
}

/** Which step of which loop of which round. */
export type Place = Pick<Escalation, 'round' | 'loop' | 'step'>;

/**
 * The policy and the routing decision of an alert at its first firing. The urgency is that of the alert as it is now.
 */
export type Course = Pick<
  Escalation,
  | 'policyId'
  | 'policyVersion'
  | 'steps'
  | 'repeat'
  | 'acknowledgementTimeoutMinutes'
  | 'said'
  | 'urgency'
  | 'routedBy'
  | 'noise'
> & { readonly suppressed: boolean };

const statusWanted = ({ alert }: Heard): Escalation['status'] => {
  if (alert.status === 'resolved') return 'ended';
  return alert.status === 'open' && alert.snoozedUntil === null ? 'escalating' : 'held';
};

/** When the acknowledgement of an alert expires, RFC 3339 UTC; undefined if there is none, or none that expires. */
export const acknowledgementEnds = (
  { acknowledgementTimeoutMinutes: minutes }: Pick<Escalation, 'acknowledgementTimeoutMinutes'>,
  { status, acknowledgedAt }: Pick<Alert, 'status' | 'acknowledgedAt'>,
): string | undefined =>
  status === 'acknowledged' && acknowledgedAt !== null && minutes !== null
    ? new Date(Date.parse(acknowledgedAt) + minutes * 60_000).toISOString()
    : undefined;

/** The part of a message that counts for an escalation. */
export type Heard = Pick<AlertMessage, 'transition' | 'sequence' | 'alert'> & {
  /** Number of the transition by which the alert last fired again, if known. */
  readonly lastRing?: number | undefined;
};

/**
 * The escalation after a transition of its alert; undefined if nothing changes. Messages may arrive twice and in any order:
 * the alert in the latest counts. A transition that begins a round does so even if it arrives late, unless a round has begun
 * since. An alert that becomes urgent while it escalates begins a round, so that people are paged by their rules for urgent
 * pages. A suppressed alert is routed again at each transition.
 */
export const followed = (
  escalation: Escalation | undefined,
  message: Heard,
  course: Course,
  at: Date,
): Escalation | undefined => {
  if (!escalation) return begun(message, course, at);
  const { sequence } = message;
  const isNews = sequence > escalation.sequence;
  const version = escalation.version + 1;
  if (escalation.status === 'suppressed') return isNews ? { ...begun(message, course, at), version } : undefined;
  const status = statusWanted(message);
  const becomesUrgent = isNews && escalation.urgency === 'low' && course.urgency === 'high';
  const rings = status === 'escalating' && (becomesUrgent || ringsAnew(escalation, message, isNews));
  if (!isNews && !rings) return undefined;
  const present = { ...escalation, ...(isNews && told(message, course)), version };
  // What holds an alert back is looked at again as soon as it gets worse.
  if (status === 'escalating' && !rings)
    return present.waits && present.severity !== escalation.severity
      ? { ...present, nextAt: at.toISOString() }
      : present;
  const { nextAt: _, inPart: _part, waits: _waits, ...rest } = present;
  if (rings) return { ...rest, status, rangBy: sequence, round: escalation.round + 1, ...startingAt(at) };
  const nextAt = looksAt(escalation, message, at);
  return { ...rest, status, ...(nextAt !== undefined && { nextAt }) };
};

/**
 * When a held escalation checks its alert again. Never before `at`, when that is written: an acknowledgement during a silence
 * is published when the silence ends, and is due then, not overdue.
 */
const looksAt = (course: Course | Escalation, { alert }: Heard, at: Date): string | undefined => {
  const ends = acknowledgementEnds(course, alert);
  return ends !== undefined && ends < at.toISOString() ? at.toISOString() : ends;
};

const begun = (message: Heard, course: Course, at: Date): Escalation => {
  const wanted = statusWanted(message);
  const status = course.suppressed && wanted !== 'ended' ? 'suppressed' : wanted;
  const lookAt = status === 'held' ? looksAt(course, message, at) : undefined;
  const { nextAt = lookAt, ...start } = status === 'escalating' ? startingAt(at) : { loop: 0, step: 0 };
  return {
    ...told(message, course),
    alertId: message.alert.id,
    policyId: course.policyId,
    policyVersion: course.policyVersion,
    steps: course.steps,
    repeat: course.repeat,
    acknowledgementTimeoutMinutes: course.acknowledgementTimeoutMinutes,
    said: course.said,
    ...(course.noise && { noise: course.noise }),
    ...(course.routedBy && { routedBy: course.routedBy }),
    status,
    rangBy: message.sequence,
    round: 0,
    ...start,
    version: 1,
    ...(nextAt !== undefined && { nextAt }),
  };
};

const told = ({ alert: { title, severity, service }, sequence }: Heard, { said, urgency }: Course) => ({
  title,
  severity: said.severity ?? severity,
  service: said.service ?? service,
  urgency,
  sequence,
});

const startingAt = (at: Date) => ({ loop: 0, step: 0, reached: false, nextAt: at.toISOString() });

/** Whether a transition of a firing alert begins another round of its escalation. */
const ringsAnew = ({ status, rangBy, nextAt }: Escalation, message: Heard, isNews: boolean): boolean => {
  const { transition, sequence } = message;
  if (status === 'held' || status === 'silenced' || (status === 'escalating' && nextAt === undefined)) return isNews;
  if (status === 'ended' || sequence <= rangBy) return false;
  const { ringsAnew: rings } = consequencesOf(transition);
  return status === 'escalating' ? rings === 'always' : rings !== 'never';
};

/**
 * Whether an escalation has followed the latest transition of its alert, or a newer one, and has its next check if it needs
 * one.
 */
export const isInStep = (escalation: Escalation, message: Heard): boolean => {
  const { status, nextAt, sequence } = escalation;
  if (sequence !== message.sequence) return sequence > message.sequence;
  const wanted = statusWanted(message);
  if (status === 'suppressed') return wanted !== 'ended';
  if (missedRing(escalation, message)) return false;
  if (wanted === 'escalating')
    return status === 'exhausted' || status === 'silenced' || (status === wanted && nextAt !== undefined);
  return status === wanted && (nextAt !== undefined || acknowledgementEnds(escalation, message.alert) === undefined);
};

/**
 * Whether an alert is firing by a release that its escalation has not followed. Each release that it follows while the alert
 * is open begins a round.
 */
const missedRing = ({ rangBy }: Escalation, message: Heard): boolean =>
  statusWanted(message) === 'escalating' && message.lastRing !== undefined && rangBy < message.lastRing;

/** The state that a missing escalation, or one that is not in step, must have. */
export const broughtInStep = (
  escalation: Escalation | undefined,
  message: Heard,
  course: Course,
  at: Date,
): Escalation | undefined => {
  if (!escalation) return followed(undefined, message, course, at);
  const behind = { ...escalation, sequence: Math.min(escalation.sequence, message.sequence - 1) };
  // A round that a lost ring should have begun begins as if the alert had been held until now. A suppressed alert has no rounds:
  // it is routed again.
  const lacksRound = escalation.status !== 'suppressed' && missedRing(escalation, message);
  return followed(lacksRound ? { ...behind, status: 'held' } : behind, message, course, at);
};

/** An escalation that is over. */
export const ended = ({ nextAt: _, inPart: _part, waits: _waits, ...escalation }: Escalation): Escalation => ({
  ...escalation,
  status: 'ended',
  version: escalation.version + 1,
});

/** An escalation whose alert is silenced. The transition at the end of the silence begins another round. */
export const silenced = ({ nextAt: _, inPart: _part, waits: _waits, ...escalation }: Escalation): Escalation => ({
  ...escalation,
  status: 'silenced',
  version: escalation.version + 1,
});

/** A running or exhausted escalation that another policy takes over from its first step on, in another round. */
export const rerouted = (
  { nextAt: _, inPart: _part, waits: _waits, ...escalation }: Escalation,
  course: Omit<Course, 'said' | 'urgency' | 'suppressed'>,
  at: Date,
): Escalation => ({
  ...escalation,
  ...course,
  status: 'escalating',
  round: escalation.round + 1,
  ...startingAt(at),
  version: escalation.version + 1,
});

/** An escalation that is held back, and is looked at again when the hold says. */
export const heldBack = (escalation: Escalation, hold: Hold): Escalation => ({
  ...escalation,
  waits: hold,
  nextAt: hold.until,
  version: escalation.version + 1,
});

/** An escalation whose next step somebody has reached at once. */
export const hurried = ({ waits: _, ...escalation }: Escalation, at: Date): Escalation => ({
  ...escalation,
  passed: true,
  nextAt: at.toISOString(),
  version: escalation.version + 1,
});

/** The step that is due at `at`, if one is. */
export const dueStep = ({ status, nextAt, steps, step }: Escalation, at: Date): Step | undefined =>
  status === 'escalating' && nextAt !== undefined && nextAt <= at.toISOString() ? steps[step] : undefined;

/**
 * The escalation after its step was reached at `at`. The wait starts then, so that a delay of ours shortens nobody's time to
 * answer. If the step could reach nobody, the next one is due at once. After the last step of the last loop nothing is due, or all
 * of it again after a while, where the routing rule says so.
 */
export const advanced = (escalation: Escalation, at: Date, reachesSomebody: boolean): Escalation => {
  const { nextAt: _, inPart: _part, waits: _waits, ...rest } = escalation;
  const { steps, step, loop, repeat, noise } = escalation;
  const [version, reached] = [escalation.version + 1, escalation.reached === true || reachesSomebody];
  const isLastStep = step + 1 >= steps.length;
  const again = isLastStep && loop >= repeat ? noise?.repeatMinutes : undefined;
  if (again !== undefined)
    return {
      ...rest,
      loop: loop + 1,
      step: 0,
      reached,
      nextAt: new Date(at.getTime() + again * 60_000).toISOString(),
      version,
    };
  if (isLastStep && loop >= repeat) return { ...rest, status: 'exhausted', reached, version };
  const waitMs = reachesSomebody ? (steps[step]?.escalateAfterMinutes ?? 0) * 60_000 : 0;
  return {
    ...rest,
    ...(isLastStep ? { loop: loop + 1, step: 0 } : { step: step + 1 }),
    reached,
    nextAt: new Date(at.getTime() + waitMs).toISOString(),
    version,
  };
};

/** Whether all steps of an escalation were reached and nobody was paged: its alert is firing and nobody knows. */
export const isUnreached = ({ status, reached, loop, repeat }: Escalation): boolean =>
  reached === false && (status === 'exhausted' || (status === 'escalating' && loop > repeat));

/** Whether a running escalation waits for the time-out of a step. */
export const isReachedAfter = ({ status, steps, round, loop, step, repeat }: Escalation, place: Place): boolean => {
  // What is paged again after a while is not paged again at once.
  const repeats = loop > repeat && step === 0;
  if (status !== 'escalating' || round !== place.round || repeats) return false;
  return step > 0
    ? loop === place.loop && step === place.step + 1
    : loop === place.loop + 1 && place.step === steps.length - 1;
};

/** The escalation after its step was reached up to the page of `afterKey`. The rest is due at once. */
export const partlyReached = (
  escalation: Escalation,
  inPart: NonNullable<Escalation['inPart']>,
  at: Date,
): Escalation => ({ ...escalation, inPart, nextAt: at.toISOString(), version: escalation.version + 1 });
