import type { LabelFormat } from '../alerts/port.ts';
import type { Caller } from '../../shared/kernel/caller.ts';
import { sha256 } from '../../shared/kernel/ids.ts';
import { forbidden, unauthenticated, unavailable } from '../../shared/kernel/errors.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { permits } from '../../shared/kernel/permission.ts';

const INGEST_PERMISSION = 'integrations.ingest';

export const unknownKey = () => unauthenticated('key.unknown', 'unauthorized');

/** Tells who holds a key; undefined for nobody; rejects where it cannot be asked. */
export type KeyHolder = (presented: string) => Promise<Caller | undefined>;

export type Sources = (presented: string | undefined) => Promise<Caller>;

/** While the keys cannot be looked up, a key that was good this recently still is. */
export const GRACE_MS = 60 * 60_000;
/** After a failed look-up the next ones are spared for this long. */
const SPARE_MS = 1500;
const MAX_REMEMBERED = 1000;

/**
 * Establishes which source calls. Refuses with `key.unknown` for a key that is missing, unknown or expired, and with
 * `key.forbidden` for one that may not hand in alerts. While keys cannot be looked up, those that this process has seen to
 * be good within the hour still are: an outage of the store must not make alerts lost. Only a digest of a key is kept.
 */
export const sources = (keyHolder: KeyHolder, clock: Clock): Sources => {
  const seen = new Map<string, { readonly caller: Caller; readonly at: number }>();
  let spareUntil = 0;

  const holderOf = async (key: string): Promise<Caller | undefined> => {
    const digest = sha256(key);
    const now = clock.now().getTime();
    const known = seen.get(digest);
    const inGrace = known !== undefined && now - known.at < GRACE_MS;
    if (inGrace && now < spareUntil) return known.caller;
    try {
      const caller = await keyHolder(key);
      if (!caller) seen.delete(digest);
      else {
        if (seen.size >= MAX_REMEMBERED) seen.clear();
        seen.set(digest, { caller, at: now });
      }
      return caller;
    } catch (cause) {
      spareUntil = clock.now().getTime() + SPARE_MS;
      if (inGrace) return known.caller;
      throw unavailable('key.unavailable', 'The key cannot be looked up just now. Send it again in a moment.', {
        retryAfterSeconds: 5,
        cause,
      });
    }
  };

  return async (presented) => {
    const caller = presented ? await holderOf(presented) : undefined;
    if (!caller) throw unknownKey();
    if (!permits(caller.permissions, INGEST_PERMISSION)) {
      throw forbidden('key.forbidden', `This takes a key with the permission ${INGEST_PERMISSION}.`);
    }
    return caller;
  };
};

/**
 * What the alerts of a source are filed under. Named after the key, not by its id: people read it, filters name it, and a
 * key that is replaced by another of the same name goes on where it stopped.
 */
export const sourceOf = (format: LabelFormat, { name }: Caller): string => `${format}:${name}`.slice(0, 128);
