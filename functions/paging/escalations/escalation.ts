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
  readonly version: number;
}

/** Which step of which loop of which round. */
export type Place = Pick<Escalation, 'round' | 'loop' | 'step'>;

/** Transitions by which an alert that was quiet rings anew. */
const RINGS: ReadonlySet<string> = new Set(['unacknowledged', 'snooze_ended', 'silence_ended', 'severity_raised']);

const statusWanted = ({ alert }: AlertMessage): Escalation['status'] => {
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

/**
 * What a transition of an alert makes of its escalation; undefined where it makes nothing of it, since it was followed
 * already or is older than what was. Messages may so come twice and in any order: the alert that each carries is what counts.
 */
export const followed = (
  escalation: Escalation | undefined,
  message: AlertMessage,
  policy: Pick<Escalation, 'policyId' | 'policyVersion' | 'steps' | 'repeat' | 'acknowledgementTimeoutMinutes'>,
  at: Date,
): Escalation | undefined => {
  if (escalation && escalation.sequence >= message.sequence) return undefined;
  const { alert, sequence } = message;
  const told = { title: alert.title, severity: alert.severity, service: alert.service, sequence };
  const status = statusWanted(message);
  const ends = acknowledgementEnds(escalation ?? policy, alert);
  const start = { loop: 0, step: 0, nextAt: at.toISOString() };
  if (!escalation) {
    return {
      ...told,
      alertId: alert.id,
      policyId: policy.policyId,
      policyVersion: policy.policyVersion,
      steps: policy.steps,
      repeat: policy.repeat,
      acknowledgementTimeoutMinutes: policy.acknowledgementTimeoutMinutes,
      status,
      round: 0,
      loop: 0,
      step: 0,
      version: 1,
      ...(status === 'escalating' ? { nextAt: at.toISOString() } : ends !== undefined && { nextAt: ends }),
    };
  }
  const { nextAt, inPart, ...rest } = { ...escalation, ...told, version: escalation.version + 1 };
  if (status !== 'escalating') return { ...rest, status, ...(ends !== undefined && { nextAt: ends }) };
  if (escalation.status === 'escalating' && nextAt !== undefined)
    return { ...rest, status, nextAt, ...(inPart && { inPart }) };
  if (escalation.status === 'exhausted' && !RINGS.has(message.transition)) return { ...rest, status: 'exhausted' };
  return { ...rest, status, round: escalation.round + 1, ...start };
};

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
