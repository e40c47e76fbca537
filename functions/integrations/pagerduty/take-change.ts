import type { Clock } from '../../../shared/kernel/clock.ts';
import { newId, sha256, sortableInstant } from '../../../shared/kernel/ids.ts';
import { idOfRecord } from '../../alerts/port.ts';
import type { ChangeStore } from '../changes/store.ts';
import { CHANGE_ACTION } from '../receipts/actions.ts';
import { changeIn } from './event.ts';
import { received, type TakeDeps } from './take-event.ts';

/** Takes a change event, stores it for ninety days, and answers its id. It opens no alert and notifies nobody. */
export const takeChange = async (
  deps: TakeDeps & { readonly clock: Clock; readonly changes: Pick<ChangeStore, 'add'> },
  sent: { readonly text: string; readonly headerKey?: string | undefined },
) => {
  const { integration, value } = await received(deps, sent, 'routing_key', changeIn);
  const now = deps.clock.now();
  const { at, ...change } = value;
  // A change that says when it happened is the same one when it is sent again.
  const digest = sha256(integration.id, JSON.stringify(value)).slice(0, 26);
  const id = at === null ? newId('chg', now) : `chg_${digest}`;
  const happenedAt = at ?? now.toISOString();
  await deps.changes.add({
    ...change,
    id,
    at: happenedAt,
    service: integration.service,
    team: integration.team,
    integration: { id: integration.id, name: integration.name },
  });
  await deps.tally.accepted(integration.id);
  return {
    eventId: idOfRecord(CHANGE_ACTION, now, `${sortableInstant(new Date(happenedAt))}.${id.slice('chg_'.length)}`),
    body: { status: 'success' as const, message: 'Change event processed' },
  };
};
