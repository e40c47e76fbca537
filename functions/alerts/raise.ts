import type { Caller } from '../../shared/kernel/caller.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { newId } from '../../shared/kernel/ids.ts';
import { actorOf, viewOf, type Alert, type RaiseAlert } from './alert.ts';
import { observe } from './observe.ts';
import type { AlertStore } from './store.ts';

export interface RaiseDeps {
  readonly store: Pick<AlertStore, 'raise' | 'change'>;
  readonly clock: Clock;
}

/**
 * Opens an alert, or repeats the one that the caller has open under the same deduplication key. Without a key each
 * raise is an alert of its own. Answers the alert and whether it is new.
 */
export const raise = async (
  deps: RaiseDeps,
  caller: Caller,
  request: RaiseAlert,
): Promise<{ alert: Alert; opened: boolean }> => {
  const { alert, opened } = await observe(deps, actorOf(caller), {
    source: sourceOf(caller),
    dedupKey: request.dedupKey ?? newId('evt', deps.clock.now()),
    title: request.title,
    severity: request.severity,
    description: request.description ?? '',
    service: request.service ?? null,
    team: request.team ?? null,
    labels: request.labels ?? {},
    annotations: request.annotations ?? {},
  });
  return { alert: viewOf(alert), opened };
};

/** People share the source `manual`, so that two of them raising the same thing meet; each machine is a source of its own. */
const sourceOf = (caller: Caller): string => (caller.kind === 'machine' ? caller.id : 'manual');
