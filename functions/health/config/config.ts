import * as z from 'zod/mini';
import type { AuditActor, AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { DEFAULT_SETTINGS, Settings } from './settings.ts';

/** The settings that hold, and who set them. Version 0 is what holds before anybody has set anything. */
export const Config = z.object({
  version: z.int(),
  changedAt: z.nullable(z.iso.datetime()),
  changedBy: z.nullable(z.object({ kind: z.string(), id: z.string(), name: z.string() })),
  settings: Settings,
});
export type Config = z.infer<typeof Config>;

/** The whole of the settings anew, and the version that they follow: a version that is not the present one is refused. */
export const SetConfig = z.strictObject({ version: z.int().check(z.gte(0)), settings: Settings });
export type SetConfig = z.infer<typeof SetConfig>;

/** A configuration as it lies in the table. */
export interface StoredConfig {
  readonly version: number;
  readonly changedAt: string;
  readonly changedBy: AuditActor;
  readonly settings: Settings;
  readonly event: AuditEvent;
}

export const configView = (stored: StoredConfig | undefined): Config =>
  stored
    ? { version: stored.version, changedAt: stored.changedAt, changedBy: stored.changedBy, settings: stored.settings }
    : { version: 0, changedAt: null, changedBy: null, settings: DEFAULT_SETTINGS };
