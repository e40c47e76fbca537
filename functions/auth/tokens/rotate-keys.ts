import type { Clock } from '../../../shared/kernel/clock.ts';
import { auditEvent, INSIDE } from '../../../shared/kernel/audit-event.ts';
import { isRotationDue, newestKey, publicJwk, withoutRetired } from './signing-key.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { PublicKeyStore } from './store.ts';
import type { EventStore } from '../event-store.ts';

export interface RotateDeps {
  readonly keys: Pick<SigningKeys, 'read' | 'add' | 'retire' | 'publish'>;
  readonly store: Pick<PublicKeyStore, 'publishedKeys' | 'publishKeys'> & Pick<EventStore, 'noteEvent'>;
  readonly clock: Clock;
  readonly accessTokenSeconds: number;
}

export interface Rotated {
  /** The key that was added, if one was due. It signs from `activeFrom` on. */
  readonly added: { readonly kid: string; readonly activeFrom: string } | undefined;
  readonly retired: readonly string[];
}

/**
 * Turns the signing keys: adds a successor when the newest key is ninety days old or `force` says so, and takes away keys
 * whose last token has expired. The successor is published an hour before it signs. Running twice, or two at once, adds
 * one key.
 */
export const rotateKeys = async (deps: RotateDeps, { force }: { readonly force: boolean }): Promise<Rotated> => {
  const { keys, store, clock, accessTokenSeconds } = deps;
  const now = clock.now();
  const before = await keys.read();
  const isDue = isRotationDue(before, now, force);
  const after = isDue ? await keys.add(before) : before;
  await keys.publish(after);
  const newest = newestKey(after);

  const kept = withoutRetired(after, now, accessTokenSeconds);
  const retired = after.keys.filter((key) => !kept.keys.includes(key)).map(({ kid }) => kid);
  if (retired.length > 0) {
    await keys.retire(retired);
    const published = await store.publishedKeys();
    const remaining = kept.keys.map(publicJwk);
    await store.publishKeys(remaining, published.version);
  }
  if (isDue && newest) {
    await store.noteEvent(
      auditEvent(
        {
          type: 'signing_key.rotated',
          actor: { kind: 'system', id: 'system:key-rotation', name: 'key-rotation' },
          subject: { kind: 'signing_key', id: newest.kid, name: newest.kid },
          detail: { activeFrom: newest.activeFrom },
        },
        INSIDE,
        now,
      ),
    );
  }
  return { added: isDue && newest ? { kid: newest.kid, activeFrom: newest.activeFrom } : undefined, retired };
};
