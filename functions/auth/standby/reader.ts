import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Register } from './register.ts';
import type { StandbyStore } from './store.ts';

/** A register and the milliseconds of the epoch when it was right. */
export interface KnownRegister {
  readonly at: number;
  readonly register: Register;
}

export type StandbyReader = () => Promise<KnownRegister | undefined>;

/** The object is read at most this often. */
const REREAD_MS = 30_000;
const REREAD_AFTER_FAILURE_MS = 2_000;

/** Reads the standby register; undefined if there is none. Never rejects: it returns the last register that it has read. */
export const standbyReader = ({
  standby,
  clock,
}: {
  readonly standby: Pick<StandbyStore, 'read'>;
  readonly clock: Clock;
}): StandbyReader => {
  let known: KnownRegister | undefined;
  let rereadAt = 0;
  return async () => {
    const now = clock.now().getTime();
    if (now < rereadAt) return known;
    rereadAt = now + REREAD_MS;
    try {
      const { register } = await standby.read();
      if (register.keptAt) known = { at: Date.parse(register.keptAt), register };
    } catch {
      // Where nothing is known there is nothing to answer meanwhile.
      rereadAt = known ? now + REREAD_AFTER_FAILURE_MS : now;
    }
    return known;
  };
};
