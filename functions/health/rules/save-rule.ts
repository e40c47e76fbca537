import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, notFound } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import type { Settings } from '../config/settings.ts';
import { rulesOf, type Preset } from './presets.ts';
import { retireInstances } from './retire.ts';
import { MAX_RULES, ruleView, type CreateRule, type ReplaceRule, type Rule, type StoredRule } from './rule.ts';
import type { RuleStore } from './store.ts';
import { withThresholds } from './with-thresholds.ts';

export interface SaveRuleDeps {
  readonly rules: Pick<RuleStore, 'create' | 'replace' | 'remove' | 'byId' | 'all' | 'states' | 'saveState'>;
  readonly clock: Clock;
  /** Days that the event of a removal stays. */
  readonly retentionDays: number;
}

export const noSuchRule = () =>
  notFound(
    'rule.not_found',
    'No rule has this id. GET /api/monitoring/rules lists them all, and POST makes a new one.',
  );

const stored = (
  input: CreateRule,
  known: { id: string; version: number; preset: string | null; createdAt: Date },
  { caller, origin }: Request,
  at: Date,
): StoredRule => ({
  ...input,
  id: known.id,
  version: known.version,
  preset: known.preset,
  service: input.service ?? null,
  team: input.team ?? null,
  runbookUrl: input.runbookUrl ?? null,
  createdAt: known.createdAt.toISOString(),
  changedAt: at.toISOString(),
  changedBy: actorOf(caller),
  event: auditEvent(
    {
      type: known.version === 1 ? 'rule.created' : 'rule.changed',
      actor: actorOf(caller),
      subject: { kind: 'rule', id: known.id, name: input.name },
    },
    origin,
    at,
  ),
});

const refuseTooMany = (count: number): void => {
  if (count > MAX_RULES)
    throw conflict('rule.too_many', `An installation has at most ${MAX_RULES} rules. Delete some first.`);
};

/** Makes a rule. Within a minute it is judged against the metrics that come in. Throws `rule.too_many`. */
export const createRule = async (
  { rules, clock }: Pick<SaveRuleDeps, 'rules' | 'clock'>,
  request: Request,
  input: CreateRule,
): Promise<Rule> => {
  refuseTooMany((await rules.all()).length + 1);
  const at = clock.now();
  const rule = stored(input, { id: newId('rul', at), version: 1, preset: null, createdAt: at }, request, at);
  await rules.create(rule);
  return ruleView(rule);
};

/**
 * Replaces a whole rule at the version that it follows. The alerts of instances that it no longer judges resolve.
 * Throws `rule.not_found`, and `rule.changed` where somebody else was faster.
 */
export const replaceRule = async (
  { rules, clock }: Pick<SaveRuleDeps, 'rules' | 'clock'>,
  request: Request,
  { id, version, ...input }: ReplaceRule & { readonly id: string },
): Promise<Rule> => {
  const before = await rules.byId(id);
  if (!before) throw noSuchRule();
  const at = clock.now();
  const known = { id, version: version + 1, preset: before.preset, createdAt: new Date(before.createdAt) };
  const rule = stored(input, known, request, at);
  if (before.version !== version || !(await rules.replace(rule))) {
    throw conflict(
      'rule.changed',
      'Somebody changed this rule meanwhile. Read it, and send the change with its version.',
    );
  }
  await retireInstances(rules, rule, await rules.states(id), at);
  return ruleView(rule);
};

/** Deletes a rule. The alerts that it raised resolve. Throws `rule.not_found`. */
export const deleteRule = async (
  { rules, clock, retentionDays }: SaveRuleDeps,
  { caller, origin }: Request,
  { id }: { readonly id: string },
): Promise<void> => {
  const rule = await rules.byId(id);
  if (!rule) throw noSuchRule();
  const at = clock.now();
  const event = auditEvent(
    { type: 'rule.deleted', actor: actorOf(caller), subject: { kind: 'rule', id, name: rule.name } },
    origin,
    at,
  );
  await rules.remove(rule, event, at, retentionDays);
};

/** Installs the rules of a preset. Rules of it that are there already, by their names, stay as they are. Throws `rule.too_many`. */
export const installPreset = async (
  { rules, clock, settings }: Pick<SaveRuleDeps, 'rules' | 'clock'> & { readonly settings: () => Promise<Settings> },
  request: Request,
  { preset }: { readonly preset: Preset },
): Promise<{ readonly items: Rule[] }> => {
  const there = await rules.all();
  const mine = there.filter((rule) => rule.preset === preset);
  const now = await settings();
  const wanted = rulesOf(preset, now).filter(({ name }) => !mine.some((rule) => rule.name === name));
  refuseTooMany(there.length + wanted.length);
  const at = clock.now();
  const made = wanted.map((rule) =>
    stored(rule, { id: newId('rul', at), version: 1, preset, createdAt: at }, request, at),
  );
  for (const rule of made) await rules.create(rule);
  return { items: withThresholds([...mine, ...made], now).map(ruleView) };
};
