import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, notFound } from '../../../shared/kernel/errors.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import type { Settings } from '../config/settings.ts';
import { rulesOf, type Preset } from './presets.ts';
import { retire } from './retire.ts';
import { ruleView, type CreateRule, type ReplaceRule, type Rule, type StoredRule } from './rule.ts';
import { MAX_RULES, type RuleStore } from './store.ts';
import { withThresholds } from './with-thresholds.ts';

export interface SaveDeps {
  readonly store: Pick<RuleStore, 'create' | 'replace' | 'remove' | 'byId' | 'all' | 'states' | 'saveState'>;
  readonly clock: Clock;
}

export const noSuchRule = () => notFound('rule.not_found', 'There is no rule with this id.');

const stored = (
  request: CreateRule,
  known: { id: string; version: number; preset: string | null; createdAt: Date },
  caller: Caller,
  origin: Origin,
  at: Date,
): StoredRule => ({
  ...request,
  id: known.id,
  version: known.version,
  preset: known.preset,
  service: request.service ?? null,
  team: request.team ?? null,
  runbookUrl: request.runbookUrl ?? null,
  createdAt: known.createdAt.toISOString(),
  changedAt: at.toISOString(),
  changedBy: actorOf(caller),
  event: auditEvent(
    {
      type: known.version === 1 ? 'rule.created' : 'rule.changed',
      actor: actorOf(caller),
      subject: { kind: 'rule', id: known.id, name: request.name },
    },
    origin,
    at,
  ),
});

const refuseTooMany = (count: number): void => {
  if (count > MAX_RULES) throw conflict('rule.too_many', `There are at most ${MAX_RULES} rules. Delete some first.`);
};

/** Makes a rule; it is held against what comes in within a minute. */
export const createRule = async (
  { store, clock }: SaveDeps,
  caller: Caller,
  origin: Origin,
  request: CreateRule,
): Promise<Rule> => {
  refuseTooMany((await store.all()).length + 1);
  const at = clock.now();
  const rule = stored(request, { id: newId('rul', at), version: 1, preset: null, createdAt: at }, caller, origin, at);
  await store.create(rule);
  return ruleView(rule);
};

/**
 * Puts a whole rule in place of the version that it follows. The alerts of instances that it looks at no more resolve.
 * Throws `rule.changed` where somebody else was faster.
 */
export const replaceRule = async (
  { store, clock }: SaveDeps,
  caller: Caller,
  origin: Origin,
  id: string,
  { version, ...request }: ReplaceRule,
): Promise<Rule> => {
  const before = await store.byId(id);
  if (!before) throw noSuchRule();
  const at = clock.now();
  const known = { id, version: version + 1, preset: before.preset, createdAt: new Date(before.createdAt) };
  const rule = stored(request, known, caller, origin, at);
  if (before.version !== version || !(await store.replace(rule))) {
    throw conflict('rule.changed', 'Somebody changed this rule meanwhile. Read it, and change it again.');
  }
  await retire(store, rule, await store.states(id), at);
  return ruleView(rule);
};

/** Deletes a rule; the alerts that it raised resolve. */
export const deleteRule = async (
  { store, clock }: SaveDeps,
  caller: Caller,
  origin: Origin,
  id: string,
): Promise<void> => {
  const rule = await store.byId(id);
  if (!rule) throw noSuchRule();
  const at = clock.now();
  const event = auditEvent(
    { type: 'rule.deleted', actor: actorOf(caller), subject: { kind: 'rule', id, name: rule.name } },
    origin,
    at,
  );
  await store.remove(rule, event, at);
};

/** Installs the rules of a preset. Those that are there already, by their names, stay as they are. */
export const installPreset = async (
  { store, clock, settings }: SaveDeps & { readonly settings: () => Promise<Settings> },
  caller: Caller,
  origin: Origin,
  preset: Preset,
): Promise<{ readonly items: Rule[] }> => {
  const there = await store.all();
  const mine = there.filter((rule) => rule.preset === preset);
  const now = await settings();
  const wanted = rulesOf(preset, now).filter(({ name }) => !mine.some((rule) => rule.name === name));
  refuseTooMany(there.length + wanted.length);
  const at = clock.now();
  const made = wanted.map((rule) =>
    stored(rule, { id: newId('rul', at), version: 1, preset, createdAt: at }, caller, origin, at),
  );
  for (const rule of made) await store.create(rule);
  return { items: withThresholds([...mine, ...made], now).map(ruleView) };
};
