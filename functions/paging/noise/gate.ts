import { sha256 } from '../../../shared/kernel/ids.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import { isWorse, type Alert, type InhibitedNow } from '../../alerts/port.ts';
import type { Noise } from '../../oncall/port.ts';
import type { Escalation } from '../escalations/escalation.ts';
import { belowThreshold, flapping, inhibited, withPage, type Hold } from './hold.ts';
import type { NoiseStore } from './store.ts';

export interface GateDeps {
  readonly noise: Pick<NoiseStore, 'flaps' | 'saveFlaps' | 'takeGroupTurn'>;
  readonly alertNow: (id: string) => Promise<Alert | undefined>;
  readonly inhibitedNow: InhibitedNow;
}

/** Whether an escalation goes on, with the group that its pages belong to, or what holds it back. */
export type Gated = { readonly hold: Hold } | { readonly hold?: undefined; readonly group?: string };

const PASSES: Gated = {};

/**
 * Whether the step of an alert that is due may page people now: no other alert keeps it quiet, and its first step passes the noise
 * settings that routing gave it. An escalation that somebody hurried passes. Writes nothing that pages: of two who ask at once, each
 * gets an answer that holds.
 */
export const gate = async (deps: GateDeps, escalation: Escalation, at: Date): Promise<Gated> => {
  const { noise, inPart, passed, alertId, round, loop, step } = escalation;
  if (inPart || passed) return PASSES;
  const read = lazy(() => deps.alertNow(alertId));
  const by = await deps.inhibitedNow(read);
  if (by) return { hold: inhibited(by, escalation.waits, at) };
  if (!noise || round > 0 || loop > 0 || step > 0) return PASSES;
  const alert = await read();
  // The page is skipped for an alert that is gone.
  if (!alert) return PASSES;
  return settled(deps, noise, escalation, { ...alert, severity: escalation.said.severity ?? alert.severity }, at);
};

const settled = async (
  deps: GateDeps,
  noise: Noise,
  { waits }: Pick<Escalation, 'waits'>,
  alert: Alert,
  at: Date,
): Promise<Gated> => {
  if (noise.exceptCritical === true && alert.severity === 'critical') return PASSES;
  if (noise.threshold) {
    const before = waits?.reason.code === 'below_threshold' ? waits : undefined;
    // One that waits for its group has passed.
    const hold = isOfGroup(waits) ? undefined : belowThreshold(noise.threshold, alert, before, at);
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

const isOfGroup = (waits: Hold | undefined): waits is Hold =>
  waits?.reason.code === 'group_wait' || waits?.reason.code === 'group_interval';

const grouped = async (
  { noise }: Pick<GateDeps, 'noise'>,
  settings: NonNullable<Noise['group']>,
  alert: Alert,
  waits: Hold | undefined,
  at: Date,
): Promise<Gated> => {
  const group = groupOf(settings, alert);
  if (isOfGroup(waits) && waits.until <= at.toISOString()) return { group };
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
