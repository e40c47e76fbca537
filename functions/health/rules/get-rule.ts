import type { Clock } from '../../../shared/kernel/clock.ts';
import { invalid } from '../../../shared/kernel/errors.ts';
import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import { HOUR_MS } from '../units.ts';
import type { Settings } from '../config/settings.ts';
import type { MetricReader } from '../metrics/reader.ts';
import { PRESETS, rulesOf } from './presets.ts';
import { MAX_PREVIEW_HOURS, preview, type Fired } from './preview.ts';
import { ruleView, type CreateRule, type Instance, type Rule } from './rule.ts';
import { noSuchRule } from './save-rule.ts';
import type { RuleStore } from './store.ts';
import { withThresholds } from './with-thresholds.ts';

interface Deps {
  readonly rules: Pick<RuleStore, 'byId' | 'list' | 'states'>;
}

interface Shown extends Deps {
  readonly settings: () => Promise<Settings>;
}

/** A rule as it is judged: one of a preset by the thresholds that are configured. */
export const getRule = async ({ rules, settings }: Shown, { id }: { readonly id: string }): Promise<Rule> => {
  const stored = await rules.byId(id);
  const [rule] = withThresholds(stored ? [stored] : [], await settings());
  if (!rule) throw noSuchRule();
  return ruleView(rule);
};

/** A page of the rules, oldest first. */
export const listRules = async ({ rules, settings }: Shown, page: PageRequest): Promise<Page<Rule>> => {
  const { items, next } = await rules.list(page);
  return { items: withThresholds(items, await settings()).map(ruleView), next };
};

/** What is known of the instances of a rule. */
export const listRuleInstances = async (
  { rules }: Deps,
  { id }: { readonly id: string },
): Promise<{ items: Instance[] }> => {
  if (!(await rules.byId(id))) throw noSuchRule();
  const states = await rules.states(id);
  return { items: states.map(({ dimensions, status, since, reason }) => ({ dimensions, status, since, reason })) };
};

/** The presets, and the names of their rules. */
export const listRulePresets = async ({
  settings,
}: {
  readonly settings: () => Promise<Settings>;
}): Promise<{ items: { name: string; rules: string[] }[] }> => {
  const now = await settings();
  return { items: PRESETS.map((name) => ({ name, rules: rulesOf(name, now).map((rule) => rule.name) })) };
};

/** Runs a rule over the stored past. Throws `rule.range` for a range that is none or too long. */
export const previewRule = async (
  { reader, clock }: { readonly reader: Pick<MetricReader, 'measured'>; readonly clock: Clock },
  input: { readonly rule: CreateRule; readonly from?: string | undefined; readonly to?: string | undefined },
): Promise<{ items: Fired[] }> => {
  const to = input.to === undefined ? clock.now() : new Date(input.to);
  const from = input.from === undefined ? new Date(to.getTime() - 24 * HOUR_MS) : new Date(input.from);
  const hours = (to.getTime() - from.getTime()) / HOUR_MS;
  if (hours <= 0 || hours > MAX_PREVIEW_HOURS) {
    throw invalid('rule.range', `Send a range of more than 0 and at most ${MAX_PREVIEW_HOURS} hours.`, {
      errors: [{ pointer: '/from', detail: 'must lie before to, and not too far' }],
    });
  }
  const { items } = await preview({ reader }, input.rule, from, to);
  return { items: [...items] };
};
