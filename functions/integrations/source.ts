import type { LabelFormat } from '../alerts/port.ts';
import type { KeyHolders } from '../../shared/http/route.ts';
import type { Caller } from '../../shared/kernel/caller.ts';
import { forbidden, unauthenticated, unavailable } from '../../shared/kernel/errors.ts';
import { permits } from '../../shared/kernel/permission.ts';

const INGEST_PERMISSION = 'integrations.ingest';

export const unknownKey = () => unauthenticated('key.unknown', 'unauthorized');

/** Tells who holds a key; undefined for nobody; rejects where it cannot be asked. */
export type KeyHolder = (presented: string) => Promise<Caller | undefined>;

export type Sources = KeyHolders;

/**
 * Establishes which source calls. Refuses with `key.unknown` for a key that is missing, unknown or expired, with
 * `key.forbidden` for one that may not hand in alerts, and with `key.unavailable` where keys cannot be looked up and this
 * one is not among those that are believed.
 */
export const sources = (keyHolder: KeyHolder): Sources => {
  const holderOf = async (key: string): Promise<Caller | undefined> => {
    try {
      return await keyHolder(key);
    } catch (cause) {
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
