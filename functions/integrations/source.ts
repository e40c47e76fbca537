import type { Caller } from '../../shared/kernel/caller.ts';
import { forbidden, unauthenticated, unavailable } from '../../shared/kernel/errors.ts';
import { permits } from '../../shared/kernel/permission.ts';
import type { StoredIntegration } from './resources/integration.ts';
import { isInPath } from './resources/key.ts';
import { INGEST_PERMISSION, senderBy, type Sender } from './sender.ts';

export const unknownKey = () =>
  unauthenticated(
    'key.unknown',
    `The key is missing, unknown, revoked or expired. A token of a user is no key: POST /api/integrations makes one, and so does POST /api/api-keys with the permission ${INGEST_PERMISSION}.`,
  );

/** The refusal of a key that cannot be verified at this moment. */
export const keyUnavailable = (cause: unknown) =>
  unavailable('key.unavailable', 'The key cannot be verified right now. Send the request again in a moment.', {
    retryAfterSeconds: 5,
    cause,
  });

/** Finds the holder of a key; undefined where nobody holds it. Rejects where keys cannot be read. */
export type KeyHolder = (presented: string) => Promise<Caller | undefined>;

/** Finds the integration of a key; undefined where it is of none. Rejects where keys cannot be read. */
export type IntegrationOf = (presented: string) => Promise<StoredIntegration | undefined>;

export type Sources = (presented: string | undefined) => Promise<Sender>;

/** Of `tsk_`, an id and a secret. */
const isMachineKey = (presented: string): boolean => presented.startsWith('tsk_');

/**
 * Finds the sender that calls: the holder of a machine key, or an integration whose key stands in a path or a header. Refuses with `key.unknown` for a key that is missing, unknown or expired, with `key.forbidden`
 * for one that may not report alerts, and with `key.unavailable` where keys cannot be read and this one was not verified before.
 */
export const sources = (keyHolder: KeyHolder, integrationOf: IntegrationOf): Sources => {
  const holderOf = async (key: string): Promise<Sender | undefined> => {
    try {
      if (isMachineKey(key)) return await keyHolder(key);
      const integration = await integrationOf(key);
      return integration && isInPath(integration.type) ? senderBy(integration) : undefined;
    } catch (cause) {
      throw keyUnavailable(cause);
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

/** The sender, where it may speak the protocol of Alertmanager. Refuses with `key.unknown` the key of an integration of another type. */
export const speaksAlertmanager = (sender: Sender): Sender => {
  if (sender.integration && sender.integration.type !== 'alertmanager') throw unknownKey();
  return sender;
};

/**
 * Finds the integration of one vendor that calls. Refuses with `refusal` for a key that is missing, unknown, ended, disabled or of another
 * vendor, and with `key.unavailable` where keys cannot be read and this one was not verified before.
 */
export const integrationsOf =
  (type: StoredIntegration['type'], integrationOf: IntegrationOf, refusal: () => Error): Sources =>
  async (presented) => {
    const integration = presented
      ? await integrationOf(presented).catch((cause: unknown) => {
          throw keyUnavailable(cause);
        })
      : undefined;
    if (integration?.type !== type) throw refusal();
    return senderBy(integration);
  };
