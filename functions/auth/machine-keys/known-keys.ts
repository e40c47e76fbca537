import type { Table } from '../../../shared/aws/dynamo.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { lastKnown } from '../../../shared/kernel/last-known.ts';
import type { StandbyReader } from '../standby/reader.ts';
import { isGoodKey, isUseDue, parseMachineKey, type KeyFacts } from './machine-key.ts';
import { apiKeyKey } from '../table.ts';

const FRESH_MS = 20_000;

/**
 * Tells what is known of a machine key: `(presented) => KeyFacts | undefined`. Undefined for a key that is unknown, revoked
 * or expired. What was read is believed for 20 s, also that there is no such key, and that a key is good for an hour while
 * DynamoDB cannot be read. A use is noted at most once a minute; that it could not be noted refuses nobody. Rejects where
 * nothing can be believed (docs/adr/0070-known-callers-are-believed-in-an-outage.md).
 */
export const knownKeys = (auth: Table, clock: Clock, standby: StandbyReader = async () => undefined) => {
  const factsOf = lastKnown<KeyFacts | undefined>({
    clock,
    freshMs: FRESH_MS,
    standby: async (id) => {
      const known = await standby();
      const facts = known?.register.machines[id];
      return known && facts && { at: known.at, value: facts };
    },
  });

  const noteUse = async (facts: KeyFacts, now: Date): Promise<void> => {
    if (!isUseDue(facts, now)) return;
    factsOf.amend(facts.id, { ...facts, lastUsedAt: now.toISOString() });
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
    const facts = await factsOf(key.id, () => auth.get<KeyFacts>(apiKeyKey(key.id), { consistent: true }));
    if (!isGoodKey(facts, key.secret, now)) return undefined;
    await noteUse(facts, now);
    return facts;
  };
};
