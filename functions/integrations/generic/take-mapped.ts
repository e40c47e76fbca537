import { idOfAll, type BatchDeps } from '../receipts/batch.ts';
import type { KeepRejected } from '../rejected/keep-rejected.ts';
import type { StoredIntegration } from '../resources/integration.ts';
import type { Tally } from '../resources/tally.ts';
import type { Sender } from '../sender.ts';
import type { Mapped } from './apply.ts';
import { carryOut, keyOf, type CarryOutDeps } from './carry-out.ts';

export interface TakeMappedDeps extends CarryOutDeps, BatchDeps {
  readonly tally: Tally;
  readonly keepRejected: KeepRejected;
}

/** What became of one event of a message. */
export interface Taken {
  readonly action: Mapped['action'];
  readonly dedupKey: string | null;
  /** By which `GET /api/events/{id}` says what became of it; null where nothing was handed in. */
  readonly eventId: string | null;
  /** Why it was ignored or rejected. */
  readonly why: string | null;
}

/**
 * Takes what a mapping made of a message, whichever door it came by: each event is stored when this returns, and where one was rejected, the
 * message is stored beside with the reason. `why` is empty where none was.
 */
export const takeMapped = async (
  deps: TakeMappedDeps,
  {
    integration,
    caller,
    mapped,
  }: { readonly integration: StoredIntegration; readonly caller: Sender; readonly mapped: readonly Mapped[] },
  {
    text,
    key,
    headers,
  }: { readonly text: string; readonly key: string; readonly headers: Readonly<Record<string, string>> },
): Promise<{ readonly eventId: string | undefined; readonly events: readonly Taken[]; readonly why: string }> => {
  const ids = await carryOut(deps, integration, caller, mapped);
  const eventId = await idOfAll(deps, [...ids.values()]);
  const events = mapped.map((each) => takenOf(each, ids.get(each) ?? null));
  const accepted = events.flatMap(({ action }, at) => (action === 'reject' ? [] : [at]));
  const why = events.flatMap((each) => (each.action === 'reject' ? [each.why ?? ''] : [])).join(' ');
  if (accepted.length < events.length) {
    await deps.tally.rejected(integration.id, why, text, key);
    await deps.keepRejected(integration.id, { reason: why, text, key, headers, events: events.length, accepted });
  }
  if (accepted.length > 0) await deps.tally.accepted(integration.id, accepted.length);
  return { eventId, events, why };
};

const takenOf = (mapped: Mapped, eventId: string | null): Taken => ({
  action: mapped.action,
  dedupKey: keyOf(mapped),
  eventId,
  why: mapped.action === 'ignore' || mapped.action === 'reject' ? mapped.why : null,
});
