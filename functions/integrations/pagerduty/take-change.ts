import type { Clock } from '../../../shared/kernel/clock.ts';
import { newId, sha256 } from '../../../shared/kernel/ids.ts';
import type { ChangeStore } from '../changes/store.ts';
import { changeIn } from './event.ts';
import { received, type TakeDeps } from './take-event.ts';

/** Takes a change event, and stores it for ninety days. It opens no alert and notifies nobody. */
export const takeChange = async (
  deps: TakeDeps & { readonly clock: Clock; readonly changes: Pick<ChangeStore, 'add'> },
  sent: { readonly text: string; readonly headerKey?: string | undefined },
) => {
  const { integration, value } = await received(deps, sent, 'routing_key', changeIn);
  const now = deps.clock.now();
  const { at, ...change } = value;
  // A change that says when it happened is the same one when it is sent again.
  const digest = sha256(integration.id, JSON.stringify(value)).slice(0, 26);
  await deps.changes.add({
    ...change,
    id: at === null ? newId('chg', now) : `chg_${digest}`,
    at: at ?? now.toISOString(),
    service: integration.service,
    team: integration.team,
    integration: { id: integration.id, name: integration.name },
  });
  await deps.tally.accepted(integration.id);
  return { status: 'success' as const, message: 'Change event processed' };
};
