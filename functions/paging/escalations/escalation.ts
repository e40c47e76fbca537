import type { AlertMessage } from '../../alerts/events.ts';
import type { Alert } from '../../alerts/port.ts';
import type { Step } from '../policies/policy.ts';

/**
 * `escalating`: a step is due at `nextAt`. `held`: somebody has acknowledged or snoozed the alert. `exhausted`: the last step
 * of the last loop was reached, and nobody answered. `ended`: the alert is resolved.
 */
export const ESCALATION_STATUSES = ['escalating', 'held', 'exhausted', 'ended'] as const;

/** Who is paged for an alert, and how far that has gone. It goes by the policy as it was when the alert first rang. */
export interface Escalation {
  readonly alertId: string;
  readonly title: string;
  readonly severity: string;
  readonly service: string | null;
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
  /** How much of the step was reached already, where it has more people than are written at once. */
  readonly inPart?: { readonly afterKey: string; readonly reachedSomebody: boolean };
  /** RFC 3339 UTC; while escalating, and while held by an acknowledgement that does not last. */
  readonly nextAt?: string;
  /** Number of the alert's latest transition that was followed. */
  readonly sequence: number;
  /** Number of the transition by which the present round began. */
  readonly rangBy: number;
  readonly version: number;
}

/** Which step of which loop of which round. */
export type Place = Pick<Escalation, 'round' | 'loop' | 'step'>;

/** Transitions by which an alert that was held rings anew. */
const RELEASES: ReadonlySet<string> = new Set(['unacknowledged', 'snooze_ended']);
/** Transitions by which an alert rings anew for which all steps were reached. */
const RINGS: ReadonlySet<string> = new Set([...RELEASES, 'silence_ended', 'severity_raised']);

const statusWanted = ({ alert }: Heard): Escalation['status'] => {
  if (alert.status === 'resolved') return 'ended';
  return alert.status === 'open' && alert.snoozedUntil === null ? 'escalating' : 'held';
};

/** When the acknowledgement of an alert is over, RFC 3339 UTC; undefined where there is none, or none that ends. */
export const acknowledgementEnds = (
  { acknowledgementTimeoutMinutes: minutes }: Pick<Escalation, 'acknowledgementTimeoutMinutes'>,
  { status, acknowledgedAt }: Pick<Alert, 'status' | 'acknowledgedAt'>,
): string | undefined =>
  status === 'acknowledged' && acknowledgedAt !== null && minutes !== null
    ? new Date(Date.parse(acknowledgedAt) + minutes * 60_000).toISOString()
    : undefined;

/** What of a message counts for an escalation. */
export type Heard = Pick<AlertMessage, 'transition' | 'sequence' | 'alert'>;

/** What an escalation takes from the policy when it begins. */
export type Snapshot = Pick<
  Escalation,
  'policyId' | 'policyVersion' | 'steps' | 'repeat' | 'acknowledgementTimeoutMinutes'
>;

/**
 * What a transition of an alert makes of its escalation; undefined where it makes nothing of it. Messages may come twice and
 * in any order: the alert that the latest carries is what counts, and a transition that begins a round does so also where it
 * is heard of late, unless a round has begun since.
 */
export const followed = (
  escalation: Escalation | undefined,
  message: Heard,
  policy: Snapshot,
  at: Date,
): Escalation | undefined => {
  if (!escalation) return begun(message, policy, at);
  const { sequence } = message;
  const status = statusWanted(message);
  const isNews = sequence > escalation.sequence;
  const rings = status === 'escalating' && ringsAnew(escalation, message, isNews);
  if (!isNews && !rings) return undefined;
  const present = { ...escalation, ...(isNews && told(message)), version: escalation.version + 1 };
  if (status === 'escalating' && !rings) return present;
  const { nextAt: _, inPart: _part, ...rest } = present;
  if (rings) return { ...rest, status, rangBy: sequence, round: escalation.round + 1, ...startingAt(at) };
  const ends = acknowledgementEnds(escalation, message.alert);
  return { ...rest, status, ...(ends !== undefined && { nextAt: ends }) };
};

const begun = (message: Heard, policy: Snapshot, at: Date): Escalation => {
  const status = statusWanted(message);
  const { nextAt: ends = acknowledgementEnds(policy, message.alert), ...start } =
    status === 'escalating' ? startingAt(at) : { loop: 0, step: 0 };
  return {
    ...told(message),
    alertId: message.alert.id,
    policyId: policy.policyId,
    policyVersion: policy.policyVersion,
    steps: policy.steps,
    repeat: policy.repeat,
    acknowledgementTimeoutMinutes: policy.acknowledgementTimeoutMinutes,
    status,
    rangBy: message.sequence,
    round: 0,
    ...start,
    version: 1,
    ...(ends !== undefined && { nextAt: ends }),
  };
};

const told = ({ alert: { title, severity, service }, sequence }: Heard) => ({
  title,
  severity,
  service,
  sequence,
});

const startingAt = (at: Date) => ({ loop: 0, step: 0, nextAt: at.toISOString() });

/** Whether a transition of an alert that rings has its escalation begin another round. */
const ringsAnew = ({ status, rangBy, nextAt }: Escalation, message: Heard, isNews: boolean): boolean => {
  const { transition, sequence } = message;
  if (status === 'held' || (status === 'escalating' && nextAt === undefined)) return isNews;
  if (status === 'ended' || sequence <= rangBy) return false;
  return (status === 'escalating' ? RELEASES : RINGS).has(transition);
};

/**
 * Whether an escalation is what the latest transition of its alert makes of it, with a next look where it needs one. One that
 * has followed something newer is.
 */
export const isInStep = (escalation: Escalation, message: Heard): boolean => {
  const { status, nextAt, sequence } = escalation;
  if (sequence !== message.sequence) return sequence > message.sequence;
  const wanted = statusWanted(message);
  if (wanted === 'escalating') return status === 'exhausted' || (status === wanted && nextAt !== undefined);
  return status === wanted && (nextAt !== undefined || acknowledgementEnds(escalation, message.alert) === undefined);
};

/** What an escalation that is not in step must be, or one that is not there. */
export const broughtInStep = (
  escalation: Escalation | undefined,
  message: Heard,
  policy: Snapshot,
  at: Date,
): Escalation | undefined =>
  followed(
    escalation && { ...escalation, sequence: Math.min(escalation.sequence, message.sequence - 1) },
    message,
    policy,
    at,
  );

/** An escalation that is over. */
export const ended = ({ nextAt: _, inPart: _part, ...escalation }: Escalation): Escalation => ({
  ...escalation,
  status: 'ended',
  version: escalation.version + 1,
});

/** The step that is due at `at`, if one is. */
export const dueStep = ({ status, nextAt, steps, step }: Escalation, at: Date): Step | undefined =>
  status === 'escalating' && nextAt !== undefined && nextAt <= at.toISOString() ? steps[step] : undefined;

/**
 * The escalation once its step was reached at `at`. What comes next is counted from then, so that lateness of ours shortens
 * nobody's time to answer; where the step could reach nobody, the next one is due at once.
 */
export const advanced = (escalation: Escalation, at: Date, reachesSomebody: boolean): Escalation => {
  const { nextAt: _, inPart: _part, ...rest } = escalation;
  const { steps, step, loop, repeat } = escalation;
  const version = escalation.version + 1;
  const isLastStep = step + 1 >= steps.length;
  if (isLastStep && loop >= repeat) return { ...rest, status: 'exhausted', version };
  const waitMs = reachesSomebody ? (steps[step]?.escalateAfterMinutes ?? 0) * 60_000 : 0;
  return {
    ...rest,
    ...(isLastStep ? { loop: loop + 1, step: 0 } : { step: step + 1 }),
    nextAt: new Date(at.getTime() + waitMs).toISOString(),
    version,
  };
};

/** The escalation once its step was reached up to the page of `afterKey`: the rest of it is due at once. */
export const partlyReached = (
  escalation: Escalation,
  inPart: NonNullable<Escalation['inPart']>,
  at: Date,
): Escalation => ({ ...escalation, inPart, nextAt: at.toISOString(), version: escalation.version + 1 });
