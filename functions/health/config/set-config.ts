import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { configView, type Config, type SetConfig, type StoredConfig } from './config.ts';
import type { ConfigStore } from './store.ts';

export interface SetConfigDeps {
  readonly clock: Clock;
  readonly store: Pick<ConfigStore, 'current' | 'save'>;
}

/** Puts new settings in force as the next version. Throws `config.changed` where somebody else set some meanwhile. */
export const setConfig = async (
  { clock, store }: SetConfigDeps,
  caller: Caller,
  origin: Origin,
  { version, settings }: SetConfig,
): Promise<Config> => {
  const at = clock.now();
  const next: StoredConfig = {
    version: version + 1,
    changedAt: at.toISOString(),
    changedBy: actorOf(caller),
    settings,
    event: auditEvent(
      {
        type: 'config.changed',
        actor: actorOf(caller),
        subject: { kind: 'config', id: 'health', name: 'Configuration of the watch' },
        detail: { version: String(version + 1) },
      },
      origin,
      at,
    ),
  };
  if (await store.save(next)) return configView(next);
  const { version: present } = configView(await store.current());
  throw conflict('config.changed', `The configuration is at version ${present} by now. Read it, and set it again.`);
};
