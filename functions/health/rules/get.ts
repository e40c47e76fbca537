import type { Clock } from '../../../shared/kernel/clock.ts';
import { invalid } from '../../../shared/kernel/errors.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { Settings } from '../config/settings.ts';
import type { MetricReader } from '../metrics/reader.ts';
import { PRESETS, rulesOf } from './presets.ts';
import { MAX_PREVIEW_HOURS, preview, type Fired } from './preview.ts';
import { ruleView, type CreateRule, type Instance, type Rule } from './rule.ts';
import { noSuchRule } from './save.ts';
import type { RuleStore } from './store.ts';
import { withThresholds } from './with-thresholds.ts';

interface Deps {
  readonly store: Pick<RuleStore, 'byId' | 'list' | 'states'>;
}

interface Shown extends Deps {
  readonly settings: () => Promise<Settings>;
}

/** A rule as it is judged: one of a preset by the thresholds that are configured. */
export const getRule = async ({ store, settings }: Shown, id: string): Promise<Rule> => {
  const stored = await store.byId(id);
  const [rule] = withThresholds(stored ? [stored] : [], await settings());
  if (!rule) throw noSuchRule();
  return ruleView(rule);
};

/** A page of the rules, oldest first. */
export const listRules = async ({ store, settings }: Shown, page: PageRequest): Promise<Page<Rule>> => {
  const { items, next } = await store.list(page);
  return { items: withThresholds(items, await settings()).map(ruleView), next };
};

/** What is known of the instances of a rule. */
export const listInstances = async ({ store }: Deps, id: string): Promise<{ items: Instance[] }> => {
  if (!(await store.byId(id))) throw noSuchRule();
  const states = await store.states(id);
  return { items: states.map(({ dimensions, status, since, reason }) => ({ dimensions, status, since, reason })) };
};

/** The presets, and the names of their rules. */
export const listPresets = async ({
  settings,
}: {
  readonly settings: () => Promise<Settings>;
}): Promise<{ items: { name: string; rules: string[] }[] }> => {
  const now = await settings();
  return { items: PRESETS.map((name) => ({ name, rules: rulesOf(name, now).map((rule) => rule.name) })) };
};

const HOUR_MS = 3_600_000;

/** Runs a rule over the stored past. Throws `rule.range` for a range that is none or too long. */
export const previewRule = async (
  { reader, clock }: { readonly reader: Pick<MetricReader, 'measured'>; readonly clock: Clock },
  request: { readonly rule: CreateRule; readonly from?: string | undefined; readonly to?: string | undefined },
): Promise<{ items: Fired[] }> => {
  const to = request.to === undefined ? clock.now() : new Date(request.to);
  const from = request.from === undefined ? new Date(to.getTime() - 24 * HOUR_MS) : new Date(request.from);
  const hours = (to.getTime() - from.getTime()) / HOUR_MS;
  if (hours <= 0 || hours > MAX_PREVIEW_HOURS) {
    throw invalid('rule.range', `A preview takes a range of up to ${MAX_PREVIEW_HOURS} hours.`, {
      errors: [{ pointer: '/from', detail: 'must lie before to, and not too far' }],
    });
  }
  const { items } = await preview({ reader }, request.rule, from, to);
  return { items: [...items] };
};
