import * as z from 'zod/mini';
import { Mapping } from './mapping.ts';
import { PRESETS, type Preset, type PresetName } from './presets.ts';

/** A vendor whose webhooks need no mapping. */
export const PresetView = z
  .object({
    /** The type of its integrations. */
    type: z.string(),
    title: z.string(),
    /** Where the address goes, in the vendor's words. */
    setUp: z.string(),
    /** The body that a person enters at the vendor; null where its webhook has a form of its own. */
    body: z.nullable(z.string()),
    mapping: Mapping,
  })
  .register(z.globalRegistry, { id: 'IntegrationPreset' });
export type PresetView = z.infer<typeof PresetView>;

export const presetView = (type: PresetName): PresetView => {
  const { title, setUp, body, mapping }: Preset = PRESETS[type];
  return { type, title, setUp, body: body ?? null, mapping };
};

export const listPresets = (): { readonly items: readonly PresetView[] } => ({
  items: (Object.keys(PRESETS) as PresetName[]).map(presetView),
});
