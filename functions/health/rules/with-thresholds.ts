import type { Settings } from '../config/settings.ts';
import { PRESETS, rulesOf, type Preset } from './presets.ts';
import type { StoredRule } from './rule.ts';

const isPreset = (name: string | null): name is Preset => PRESETS.some((preset) => preset === name);

/**
 * Rules of presets go by the thresholds that are configured now, not by those of when they were installed. A rule that
 * somebody has changed since is theirs, and stays as they made it.
 */
export const withThresholds = <R extends StoredRule>(rules: readonly R[], settings: Settings): R[] => {
  const wanted = new Map<Preset, ReturnType<typeof rulesOf>>();
  return rules.map((rule) => {
    const { preset, version, name } = rule;
    if (!isPreset(preset) || version !== 1) return rule;
    const now = wanted.get(preset) ?? rulesOf(preset, settings);
    wanted.set(preset, now);
    const found = now.find((each) => each.name === name);
    return found ? { ...rule, condition: found.condition, description: found.description } : rule;
  });
};
