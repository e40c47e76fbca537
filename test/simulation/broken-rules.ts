import type { RuleBreakage } from './rules.ts';

/** Builds that each break a promise about rules, with the failure that the simulation reports. */
export const BROKEN_RULES: Readonly<Record<string, RuleBreakage & { readonly tells: RegExp }>> = {
  'changes are not reported': { tells: /nobody was told/, withoutTell: true },
  'rules are judged only as metrics come in': { tells: /nobody was told/, withoutTick: true },
  'alerts of a rule stay open when it is switched off': {
    tells: /its alert is open/,
    rules: (store) => ({
      saveState: (state) => (/switched off/.test(state.reason) ? Promise.resolve(true) : store.saveState(state)),
    }),
  },
  'alerts of a rule stay open when its grouping changes': {
    tells: /its alert is open/,
    rules: (store) => ({
      saveState: (state) => (/group/.test(state.reason) ? Promise.resolve(true) : store.saveState(state)),
    }),
  },
  'alerts of a rule stay open when it is deleted': {
    tells: /its alert is open/,
    report: (deps) => ({
      ...deps,
      intake: {
        ...deps.intake,
        report: async (report, by) =>
          'over' in report && /deleted/.test(report.over.note) ? undefined : deps.intake.report(report, by),
      },
    }),
  },
  'a rule that is switched off is judged still': {
    tells: /its alert opened at .* and it was well/,
    rules: (store) => ({ all: async () => (await store.all()).map((rule) => ({ ...rule, enabled: true })) }),
  },
  'a metric that falls silent is not missed': {
    tells: /nobody was told/,
    rules: (store) => ({
      saveState: (state) => (/was not observed/.test(state.reason) ? Promise.resolve(true) : store.saveState(state)),
    }),
  },
  'a ratio is judged by its denominator': {
    tells: /it was well|its alert is open/,
    rules: (store) => ({
      all: async () =>
        (await store.all()).map((rule) =>
          rule.condition.type === 'ratio'
            ? { ...rule, condition: { ...rule.condition, numerator: rule.condition.denominator } }
            : rule,
        ),
    }),
  },
  'a rule is judged by its definition when the function started': {
    tells: /nobody was told|its alert is open/,
    rules: (store) => {
      let known: ReturnType<typeof store.all> | undefined;
      return { all: () => (known ??= store.all()) };
    },
  },
  'a rule of a preset is judged by the first thresholds that a function read': {
    tells: /nobody was told|its alert is open/,
    settings: (read) => {
      let known: ReturnType<typeof read> | undefined;
      return () => (known ??= read());
    },
  },
  'a rule that is judged again does not say so': {
    tells: /is judged again, and does not say so/,
    rules: (store) => ({
      saveState: (state) => (/judged again/.test(state.reason) ? Promise.resolve(true) : store.saveState(state)),
    }),
  },
};
