import { sha256 } from '../../../shared/kernel/ids.ts';
import { isWorse, type Alert } from '../../alerts/port.ts';
import type { Noise } from '../../oncall/port.ts';
import type { Escalation } from '../escalations/escalation.ts';
import { belowThreshold, flapping, withPage, type Hold } from './hold.ts';
import type { NoiseStore } from './store.ts';

export interface GateDeps {
  readonly noise: Pick<NoiseStore, 'flaps' | 'saveFlaps' | 'takeGroupTurn'>;
  readonly alertNow: (id: string) => Promise<Alert | undefined>;
}

/** Whether an escalation goes on, with the group that its pages belong to, or what holds it back. */
export type Gated = { readonly hold: Hold } | { readonly hold?: undefined; readonly group?: string };

const PASSES: Gated = {};

/**
 * Whether the first step of an alert may page people now, by the noise settings that routing gave it. An escalation that passed once
 * passes from then on. Writes nothing that pages: of two who ask at once, each gets an answer that holds.
 */
export const gate = async (deps: GateDeps, escalation: Escalation, at: Date): Promise<Gated> => {
  const { noise, round, loop, step, inPart, passed, alertId, waits } = escalation;
  if (!noise || round > 0 || loop > 0 || step > 0 || inPart || passed) return PASSES;
  if (noise.exceptCritical === true && escalation.severity === 'critical') return PASSES;
  const read = await deps.alertNow(alertId);
  // The page is skipped for an alert that is gone.
  if (!read) return PASSES;
  const alert = { ...read, severity: escalation.said.severity ?? read.severity };
  if (noise.threshold) {
    const before = waits?.reason.code === 'below_threshold' ? waits : undefined;
    // One that passed waits for something else since.
    const hold = waits && !before ? undefined : belowThreshold(noise.threshold, alert, before, at);
    if (hold) return { hold };
  }
  const flaps = noise.flapping && (await deps.noise.flaps(alert));
  const damped = noise.flapping && flapping(noise.flapping, flaps, alert, isWorse, at);
  if (damped) return { hold: damped };
  const gated = noise.group ? await grouped(deps, noise.group, alert, waits, at) : PASSES;
  if (gated.hold === undefined && noise.flapping && flaps) {
    const next = withPage(noise.flapping, flaps, alert, isWorse);
    // Where another opening is written at the same moment, that one is not damped by this page, and pages.
    if (next) await deps.noise.saveFlaps(alert, next, at);
  }
  return gated;
};

const grouped = async (
  { noise }: Pick<GateDeps, 'noise'>,
  settings: NonNullable<Noise['group']>,
  alert: Alert,
  waits: Hold | undefined,
  at: Date,
): Promise<Gated> => {
  const group = groupOf(settings, alert);
  const isMember = waits?.reason.code === 'group_wait' || waits?.reason.code === 'group_interval';
  if (isMember && waits.until <= at.toISOString()) return { group };
  const turn = await noise.takeGroupTurn(group, settings, at);
  if (turn.at <= at.toISOString()) return { group };
  return { hold: { reason: { code: turn.code, until: turn.at }, since: at.toISOString(), until: turn.at } };
};

/** The group of an alert: the settings of its rule, and its values of the fields. */
export const groupOf = (settings: NonNullable<Noise['group']>, alert: Alert): string => {
  const values = settings.by.map((field) =>
    field.startsWith('labels.')
      ? (alert.labels[field.slice('labels.'.length)] ?? '')
      : (alert[field as 'title' | 'severity' | 'source' | 'service' | 'team'] ?? ''),
  );
  return sha256(JSON.stringify(settings), ...values);
};
