import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Caller, Origin } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { routingView, type Routing, type SetRouting, type StoredRouting } from './rule.ts';
import type { RoutingStore } from './store.ts';

/** Puts new rules in force as the next version. Throws `routing.changed` where somebody else set some meanwhile. */
export const setRouting = async (
  { routing, clock }: { readonly routing: Pick<RoutingStore, 'current' | 'save'>; readonly clock: Clock },
  caller: Caller,
  origin: Origin,
  { version, rules, catchAll }: SetRouting,
): Promise<Routing> => {
  const at = clock.now();
  const next: StoredRouting = {
    version: version + 1,
    changedAt: at.toISOString(),
    changedBy: actorOf(caller),
    rules,
    catchAll,
    event: auditEvent(
      {
        type: 'routing.changed',
        actor: actorOf(caller),
        subject: { kind: 'routing', id: 'routing', name: 'Routing rules' },
        detail: { version: String(version + 1), rules: String(rules.length) },
      },
      origin,
      at,
    ),
  };
  if (await routing.save(next)) return routingView(next);
  const { version: present } = routingView(await routing.current({ consistent: true }));
  throw conflict('routing.changed', `The rules are at version ${present} by now. Read them, and set them again.`);
};
