import * as z from 'zod/mini';
import type { AuditActor, AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { completed, DEFAULT_SETTINGS, Settings } from './settings.ts';

/** The first version that is set is 1. Version 0 has the defaults. */
const Version = z.int().check(z.gte(0), z.lt(10 ** 8));

export const noSuchVersion = () =>
  notFound(
    'config.not_found',
    'The configuration has no such version. GET /api/monitoring/config/versions lists them all.',
  );

/** A version as a path names it. */
export const VERSION_TEXT = /^\d{1,8}$/;
const Note = z.string().check(z.trim(), z.maxLength(500));

/** One version: who made it when, why, and by going back to which. */
export const ConfigVersion = z
  .object({
    version: Version,
    changedAt: z.nullable(z.iso.datetime()),
    changedBy: z.nullable(z.object({ kind: z.string(), id: z.string(), name: z.string() })),
    note: z.nullable(z.string()),
    restores: z.nullable(Version),
  })
  .register(z.globalRegistry, { id: 'ConfigVersion' });
export type ConfigVersion = z.infer<typeof ConfigVersion>;

/** A version with its settings. */
export const Config = z.extend(ConfigVersion, { settings: Settings }).register(z.globalRegistry, { id: 'Config' });
export type Config = z.infer<typeof Config>;

/** All settings, and the version that they follow. A version that is not the present one is refused. */
export const SetConfig = z
  .strictObject({ version: Version, settings: Settings, note: z.optional(Note) })
  .register(z.globalRegistry, { id: 'SetConfig' });
export type SetConfig = z.infer<typeof SetConfig>;

/** Back to the settings of `to`, as a new version behind `version`. */
export const RollBackConfig = z
  .strictObject({ version: Version, to: Version, note: z.optional(Note) })
  .register(z.globalRegistry, { id: 'RollBackConfig' });
export type RollBackConfig = z.infer<typeof RollBackConfig>;

/** A version of the configuration as the table stores it. It never changes. */
export interface StoredConfig {
  readonly version: number;
  readonly changedAt: string;
  readonly changedBy: AuditActor;
  readonly note: string | null;
  readonly restores: number | null;
  readonly settings: Settings;
  readonly event: AuditEvent;
}

/** The configuration of a new installation. */
export const FIRST_CONFIG: Config = {
  version: 0,
  changedAt: null,
  changedBy: null,
  note: null,
  restores: null,
  settings: DEFAULT_SETTINGS,
};

export const versionView = ({ version, changedAt, changedBy, note, restores }: ConfigVersion): ConfigVersion => ({
  version,
  changedAt,
  changedBy,
  note,
  restores,
});

export const configView = (stored: StoredConfig | undefined): Config =>
  stored ? { ...versionView(stored), settings: completed(stored.settings) } : FIRST_CONFIG;
