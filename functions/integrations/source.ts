import type { LabelFormat } from '../alerts/port.ts';
import type { KeyHolders } from '../../shared/http/route.ts';
import type { Caller } from '../../shared/kernel/caller.ts';
import { forbidden, unauthenticated, unavailable } from '../../shared/kernel/errors.ts';
import { permits } from '../../shared/kernel/permission.ts';

const INGEST_PERMISSION = 'integrations.ingest';

export const unknownKey = () =>
  unauthenticated(
    'key.unknown',
    `The machine key is missing, unknown, revoked or expired. A token of a user is no key: an administrator creates one with the permission ${INGEST_PERMISSION} by POST /api/api-keys.`,
  );

/** Finds the holder of a key; undefined where nobody holds it. Rejects where keys cannot be read. */
export type KeyHolder = (presented: string) => Promise<Caller | undefined>;

export type Sources = KeyHolders;

/**
 * Finds the source that calls. Refuses with `key.unknown` for a key that is missing, unknown or expired, with `key.forbidden`
 * for one that may not report alerts, and with `key.unavailable` where keys cannot be read and this one was not verified before.
 */
export const sources = (keyHolder: KeyHolder): Sources => {
  const holderOf = async (key: string): Promise<Caller | undefined> => {
    try {
      return await keyHolder(key);
    } catch (cause) {
      throw unavailable(
        'key.unavailable',
        'The key cannot be verified right now. Send the request again in a moment.',
        {
          retryAfterSeconds: 5,
          cause,
        },
      );
    }
  };

  return async (presented) => {
    const caller = presented ? await holderOf(presented) : undefined;
    if (!caller) throw unknownKey();
    if (!permits(caller.permissions, INGEST_PERMISSION)) {
      throw forbidden('key.forbidden', `The key lacks the permission ${INGEST_PERMISSION}. Use a key that has it.`);
    }
    return caller;
  };
};

/**
 * The `source` of alerts from a key. It has the name of the key, not its id: people read it, filters name it, and a new key of
 * the same name continues the alerts of the old one.
 */
export const sourceOf = (format: LabelFormat, { name }: Caller): string => `${format}:${name}`.slice(0, 128);
