import type { Clock } from '../../../shared/kernel/clock.ts';
import { applyMapping, type Mapped } from '../generic/apply.ts';
import { carryOut, type CarryOutDeps } from '../generic/carry-out.ts';
import { bodyOf } from '../generic/message.ts';
import { mappingOf, noSuchIntegration, type StoredIntegration } from '../resources/integration.ts';
import type { IntegrationStore } from '../resources/store.ts';
import { senderBy } from '../sender.ts';
import { idOf, MOST_AT_ONCE, numberIn, type Replayed, type ReplayRejected, type StoredRejected } from './rejected.ts';
import type { RejectedStore } from './store.ts';

export interface ReplayDeps extends CarryOutDeps {
  readonly clock: Clock;
  readonly integrations: Pick<IntegrationStore, 'byId'>;
  readonly rejected: Pick<RejectedStore, 'page' | 'one' | 'claim' | 'settle'>;
}

/** Longer than one message takes. After a crash another replay may have the event then. */
const CLAIM_MS = 60_000;

/**
 * Replays rejected events by the present mapping, oldest first. Events of a message that were accepted are left out. Each is handed to the alerts
 * before this returns, with its receipts. A replay of what was replayed changes nothing and answers the receipts again, and of two at once one
 * has the event. `left` says whether there are more. Throws `integration.not_found`.
 */
export const replayRejected = async (
  deps: ReplayDeps,
  { id, ids }: ReplayRejected & { readonly id: string },
): Promise<{ readonly items: readonly Replayed[]; readonly left: boolean }> => {
  const integration = await deps.integrations.byId(id);
  if (!integration) throw noSuchIntegration();
  const { numbers, left } = ids
    ? { numbers: ids.map((each) => numberIn(each) ?? 0), left: false }
    : await waiting(deps, id);
  const items: Replayed[] = [];
  // One after the other: messages about one problem keep their order.
  for (const number of [...new Set(numbers)].sort((one, other) => one - other))
    items.push(await replayOne(deps, integration, number));
  return { items, left };
};

/** The first that can be replayed, and whether there are more. */
const waiting = async ({ rejected }: ReplayDeps, id: string) => {
  const numbers: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await rejected.page(id, {
      limit: 100,
      newestFirst: false,
      state: 'rejected',
      ...(cursor !== undefined && { cursor }),
    });
    numbers.push(...page.items.filter(({ isWhole }) => isWhole).map(({ number }) => number));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && numbers.length <= MOST_AT_ONCE);
  return { numbers: numbers.slice(0, MOST_AT_ONCE), left: numbers.length > MOST_AT_ONCE };
};

const replayOne = async (deps: ReplayDeps, integration: StoredIntegration, number: number): Promise<Replayed> => {
  const { clock, rejected } = deps;
  const [id, at] = [idOf(number), clock.now()];
  const stored = await rejected.one(integration.id, number);
  const nothing = { id, eventIds: [], why: null } as const;
  if (!stored) return { ...nothing, outcome: 'gone' };
  if (stored.state === 'replayed') return { ...nothing, outcome: 'replayed', eventIds: stored.eventIds ?? [] };
  if (!stored.isWhole) return { ...nothing, outcome: 'too_long' };
  const until = new Date(at.getTime() + CLAIM_MS);
  if (!(await rejected.claim(integration.id, number, { at, until }))) return { ...nothing, outcome: 'busy' };
  const mapped = mappedAgain(stored, integration);
  const why = mapped.flatMap((each) => (each.action === 'reject' ? [each.why] : [])).join(' ');
  if (why !== '') {
    await rejected.settle(integration.id, number, { state: 'rejected', reason: why.slice(0, 1_000) });
    return { ...nothing, outcome: 'rejected', why };
  }
  const ids = await carryOut(deps, integration, senderBy(integration), mapped);
  const eventIds = [...ids.values()];
  await rejected.settle(integration.id, number, { state: 'replayed', replayedAt: at.toISOString(), eventIds });
  return { ...nothing, outcome: 'replayed', eventIds };
};

/** What the present mapping makes of the events that were not accepted when the message came. */
const mappedAgain = (
  { body, headers, events, accepted }: StoredRejected,
  integration: StoredIntegration,
): readonly Mapped[] => {
  const reject = (why: string): readonly Mapped[] => [{ action: 'reject', why, steps: [] }];
  const mapping = mappingOf(integration);
  if (!mapping) return reject('The integration has no mapping.');
  const message = bodyOf(body, headers['content-type']);
  if (message === undefined) return reject('The body is neither JSON nor a form.');
  const mapped = applyMapping(mapping, message, { header: (name) => headers[name.toLowerCase()], words: integration });
  // A mapping that finds other events in the message is a new reading of all of it.
  return mapped.length === events ? mapped.filter((_, at) => !accepted.includes(at)) : mapped;
};
