import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { isUseDue, opens, parseMachineKey, type KeyFacts } from './machine-key.ts';
import { apiKeyKey } from './store.ts';

const FRESH_MS = 20_000;
const MAX_REMEMBERED = 1_000;

/**
 * Tells what is known of a machine key: `(presented) => KeyFacts | undefined`. Undefined for a key that is unknown, revoked
 * or expired. What was read is believed for 20 s, also that there is no such key. A use is noted at most once a minute;
 * that it could not be noted refuses nobody. Rejects when DynamoDB cannot be asked.
 */
export const knownKeys = (auth: Table, clock: Clock) => {
  const known = new Map<string, { readonly at: number; readonly facts: KeyFacts | undefined }>();

  const factsOf = async (id: string, now: Date): Promise<KeyFacts | undefined> => {
    const remembered = known.get(id);
    if (remembered && now.getTime() - remembered.at < FRESH_MS) return remembered.facts;
    const facts = await auth.get<KeyFacts>(apiKeyKey(id), { consistent: true });
    if (known.size >= MAX_REMEMBERED) known.clear();
    known.set(id, { at: now.getTime(), facts });
    return facts;
  };

  const noteUse = async (facts: KeyFacts, now: Date): Promise<void> => {
    if (!isUseDue(facts, now)) return;
    const readAt = known.get(facts.id)?.at ?? now.getTime();
    known.set(facts.id, { at: readAt, facts: { ...facts, lastUsedAt: now.toISOString() } });
    try {
      await auth.update({
        key: apiKeyKey(facts.id),
        set: { lastUsedAt: now.toISOString() },
        when: {
          expression: '#status = :active AND (#lastUsedAt = :seen OR #lastUsedAt = :null)',
          values: { active: 'active', seen: facts.lastUsedAt ?? '', null: null },
        },
      });
    } catch {
      // DynamoDB is busy: the next use is noted.
    }
  };

  return async (presented: string): Promise<KeyFacts | undefined> => {
    const key = parseMachineKey(presented);
    if (!key) return undefined;
    const now = clock.now();
    const facts = await factsOf(key.id, now);
    if (!opens(facts, key.secret, now)) return undefined;
    await noteUse(facts, now);
    return facts;
  };
};
