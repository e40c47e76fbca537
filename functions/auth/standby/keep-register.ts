import type { Written } from '../../../shared/aws/stream.ts';
import { mapLimit } from '../../../shared/kernel/map-limit.ts';
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
  /** A machine key as it is now. */
  readonly machine: (id: string) => Promise<KeyFacts | undefined>;
  readonly clock: Clock;
}

/** A register that lets the same callers in is written again when it is this old, well within the time it is believed. */
const RENEW_MS = 30 * 60_000;
/** A record that is older may be delivered again, after others that followed it: `npm run redrive` does so. */
const LATE_MS = 60_000;
const ATTEMPTS = 5;
const AT_ONCE = 10;

/**
 * Has the standby register follow the writes of the auth table. It is written when it lets somebody else in than before, and
 * otherwise every half hour; a renewal reads each of its machine keys again. The same write twice changes nothing, and a late one
 * has its key read as it is now: it must not let in a key that was revoked since. Rejects where S3 refuses, so that the record comes again.
 */
export const registerKeeper = ({ standby, grants, machine, clock }: KeepRegisterDeps) => {
  let kept: KeptRegister | undefined;
  let areGrantsOwed = false;
  /** Machine keys as they are, in which the written register may be behind. */
  const owed = new Map<string, Partial<KeyFacts> | undefined>();

  const follow = async (): Promise<boolean> => {
    const now = clock.now();
    const seen = (kept ??= await standby.read());
    const isDue = now.getTime() - Date.parse(seen.register.keptAt || '1970-01-01') >= RENEW_MS;
    const current = withMachines(seen.register, owed);
    if (!isDue && !areGrantsOwed && letTheSameIn(current, seen.register)) {
      kept = { ...seen, register: current };
      owed.clear();
      return true;
    }
    const machines = isDue ? withMachines(current, await machinesNow(Object.keys(current.machines))) : current;
    const next = await standby.follow(seen, { ...machines, ...(await grants()), keptAt: now.toISOString() });
    kept = next === 'overtaken' ? undefined : next;
    if (!kept) return false;
    owed.clear();
    areGrantsOwed = false;
    return true;
  };

  const machinesNow = async (ids: readonly string[]) =>
    mapLimit(ids, AT_ONCE, async (id) => [id, await machine(id)] as const);

  return async ({ before, after, at }: Written<AuthItem>): Promise<void> => {
    const { pk = '', sk = '', id = '' } = after ?? before ?? {};
    const isLate = clock.now().getTime() - at.getTime() > LATE_MS;
    if (sk === KEY_ITEM && id) owed.set(id, isLate ? await machine(id) : after);
    areGrantsOwed ||= pk === AUTHZ && (sk === JWKS_ITEM || sk.startsWith(ROLE_PREFIX));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) if (await follow()) return;
    throw new Error('The standby register kept changing');
  };
};

const withMachines = (
  register: Register,
  machines: Iterable<readonly [id: string, facts: Partial<KeyFacts> | undefined]>,
): Register => [...machines].reduce((all, [id, facts]) => withMachine(all, id, facts), register);
