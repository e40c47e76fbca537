import { tooLarge } from '../../../shared/kernel/errors.ts';
import { isWorse, type AlertEvent } from '../../alerts/port.ts';
import type { Observation } from './messages.ts';

/** A message has at most this many alerts, and needs at most this many writes. Alertmanager sends 64 at a time. */
const MAX_ALERTS = 10_000;
const MAX_WRITES = 1_000;

/** Refuses with `alerts.too_many` a message of too many alerts, before it is read. */
export const refuseTooMany = ({ length }: readonly unknown[]): void => {
  if (length > MAX_ALERTS) throw tooMany(`${length} alerts`);
};

const tooMany = (what: string) =>
  tooLarge('alerts.too_many', `The message has ${what}. Send at most ${MAX_WRITES} different alerts at a time.`);

type Valid = Exclude<Observation, { readonly kind: 'invalid' }>;

/**
 * The reports of a message by their subject. A repeat of the report before it is folded into that one, so the order of firing
 * and resolved stays. Refuses with `alerts.too_many` where the rest would be too many writes.
 */
export const foldedBySubject = (observations: readonly Observation[]): Valid[][] => {
  const valid = observations.filter((observation) => observation.kind !== 'invalid');
  const subjects = [...Map.groupBy(valid, ({ dedupKey }) => dedupKey).values()].map(folded);
  const writes = subjects.reduce((sum, { length }) => sum + length, 0);
  if (writes > MAX_WRITES) throw tooMany(`${writes} different alerts`);
  return subjects;
};

const folded = (about: readonly Valid[]): Valid[] => {
  const steps: Valid[] = [];
  for (const observation of about) {
    const last = steps.at(-1);
    if (last?.kind === 'firing' && observation.kind === 'firing') {
      steps[steps.length - 1] = { ...observation, event: together(last.event, observation.event) };
    } else if (last?.kind !== observation.kind) steps.push(observation);
  }
  return steps;
};

/** Two reports of one alert as one: its facts from the first, its state from the last, and the worse severity. */
const together = (first: AlertEvent, last: AlertEvent): AlertEvent => ({
  ...first,
  description: last.description,
  annotations: last.annotations,
  expiresAt: last.expiresAt,
  severity: isWorse(first.severity, last.severity) ? last.severity : first.severity,
});
