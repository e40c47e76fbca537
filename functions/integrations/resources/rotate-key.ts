import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { OVERTAKEN, untilWritten } from '../../../shared/kernel/until-written.ts';
import { makeKey } from './create-integration.ts';
import {
  integrationView,
  noSuchIntegration,
  validKeys,
  type IntegrationWithKey,
  type RotateKey,
  type StoredIntegration,
} from './integration.ts';
import type { IntegrationStore } from './store.ts';

/**
 * Gives an integration a new key, which only this answer shows. The former one is accepted for the overlap, and those before it
 * end now.
 */
export const rotateKey = async (
  {
    clock,
    integrations,
  }: { readonly clock: Clock; readonly integrations: Pick<IntegrationStore, 'byId' | 'save' | 'seenOf'> },
  { caller, origin }: Request,
  { id, overlapMinutes }: RotateKey & { readonly id: string },
): Promise<IntegrationWithKey> =>
  untilWritten(async () => {
    const at = clock.now();
    const present = await integrations.byId(id);
    if (!present) throw noSuchIntegration();
    const { key, stored } = makeKey(present.type, at);
    const until = new Date(at.getTime() + overlapMinutes * 60_000).toISOString();
    const ending = validKeys(present.keys, at).map((each) => ({
      ...each,
      validUntil: each.validUntil === null ? until : at.toISOString(),
    }));
    const keys = [stored, ...ending];
    const next: StoredIntegration = {
      ...present,
      keys: validKeys(keys, at),
      version: present.version + 1,
      changedAt: at.toISOString(),
      changedBy: actorOf(caller),
      event: auditEvent(
        {
          type: 'integration.key_rotated',
          actor: actorOf(caller),
          subject: { kind: 'integration', id, name: present.name },
          detail: { overlapMinutes: String(overlapMinutes) },
        },
        origin,
        at,
      ),
    };
    if (!(await integrations.save(next, keys))) return OVERTAKEN;
    return { ...integrationView(next, await integrations.seenOf(id), at), key };
  });
