import type { Written } from '../../../shared/aws/stream.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { KeyFacts } from '../machine-keys/machine-key.ts';
import { AUTHZ, JWKS_ITEM, KEY_ITEM, ROLE_PREFIX } from '../table.ts';
import { letTheSameIn, withMachine, type Register } from './register.ts';
import type { KeptRegister, StandbyStore } from './store.ts';

/** Any item of the auth table, as far as the register is about it. */
export interface AuthItem extends KeyFacts {
  readonly pk: string;
  readonly sk: string;
}

export interface KeepRegisterDeps {
  readonly standby: StandbyStore;
  /** The public keys and the custom roles, as they are now. */
  readonly grants: () => Promise<Pick<Register, 'keys' | 'roles'>>;
  readonly clock: Clock;
}

/** A register that lets the same callers in is written again when it is this old, well within the time it is believed. */
const RENEW_MS = 30 * 60_000;
const ATTEMPTS = 5;

/**
 * Has the standby register follow the writes of the auth table. It is written when it lets somebody else in than before, and
 * otherwise every half hour: Secrets Manager keeps a hundred versions of a day. The same write twice changes nothing.
 */
export const registerKeeper = ({ standby, grants, clock }: KeepRegisterDeps) => {
  let kept: KeptRegister | undefined;

  return async ({ before, after }: Written<AuthItem>): Promise<void> => {
    const { pk = '', sk = '', id = '' } = after ?? before ?? {};
    const isGrant = pk === AUTHZ && (sk === JWKS_ITEM || sk.startsWith(ROLE_PREFIX));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const seen = (kept ??= await standby.read());
      const now = clock.now();
      const isDue = now.getTime() - Date.parse(seen.register.keptAt || '1970-01-01') >= RENEW_MS;
      const current = sk === KEY_ITEM && id ? withMachine(seen.register, id, after) : seen.register;
      if (!isDue && !isGrant && letTheSameIn(current, seen.register)) {
        kept = { ...seen, register: current };
        return;
      }
      const next: Register = { ...current, ...(await grants()), keptAt: now.toISOString() };
      kept = await standby.follow(seen, next);
      if (kept) return;
    }
    throw new Error('The standby register kept changing');
  };
};
