import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { configView, type Config, type RollBackConfig, type SetConfig, type StoredConfig } from './config.ts';
import { differences } from './diff.ts';
import { getConfigVersion } from './get-config.ts';
import type { Settings } from './settings.ts';
import type { ConfigStore } from './store.ts';

export interface SetConfigDeps {
  readonly clock: Clock;
  readonly configs: Pick<ConfigStore, 'current' | 'byVersion' | 'add'>;
}

interface Wanted {
  /** The version that the new one follows. */
  readonly version: number;
  readonly settings: Settings;
  readonly note?: string | undefined;
  readonly restores?: number;
}

/** Puts new settings in force as the next version. Throws `config.changed` where another version was set meanwhile. */
export const setConfig = (deps: SetConfigDeps, request: Request, input: SetConfig): Promise<Config> =>
  addVersion(deps, request, input);

/**
 * Puts the settings of an earlier version in force again, as the next version: the history only grows. Throws
 * `config.changed` as above, and `config.not_found` for a version that never was.
 */
export const rollBackConfig = async (
  deps: SetConfigDeps,
  request: Request,
  { version, to, note }: RollBackConfig,
): Promise<Config> => {
  const { settings } = await getConfigVersion(deps, { version: to });
  return addVersion(deps, request, { version, settings, note, restores: to });
};

const addVersion = async (
  { clock, configs }: SetConfigDeps,
  { caller, origin }: Request,
  { version, settings, note, restores }: Wanted,
): Promise<Config> => {
  const at = clock.now();
  const before = configView(await configs.current());
  const next: StoredConfig = {
    version: version + 1,
    changedAt: at.toISOString(),
    changedBy: actorOf(caller),
    note: note || null,
    restores: restores ?? null,
    settings,
    event: auditEvent(
      {
        type: restores === undefined ? 'config.changed' : 'config.rolled_back',
        actor: actorOf(caller),
        subject: { kind: 'config', id: 'health', name: 'Monitoring configuration' },
        detail: {
          version: String(version + 1),
          ...(restores !== undefined && { restores: String(restores) }),
          ...changesIn(before.settings, settings),
        },
      },
      origin,
      at,
    ),
  };
  if (before.version === version && (await configs.add(next))) return configView(next);
  const { version: present } = configView(await configs.current());
  throw conflict(
    'config.changed',
    `The configuration is at version ${present}. Read it, and send your settings with that version.`,
    {
      extensions: { version: present },
    },
  );
};

/** What changed, for the audit trail: `/targets/uptimePercent: 99.99 → 99.9`. */
const changesIn = (before: Settings, after: Settings): Record<string, string> => {
  const changes = differences(before, after).map(
    ({ pointer, before: was, after: is }) => `${pointer}: ${JSON.stringify(was)} → ${JSON.stringify(is)}`,
  );
  return changes.length === 0 ? {} : { changes: changes.join('; ').slice(0, 1_000) };
};
