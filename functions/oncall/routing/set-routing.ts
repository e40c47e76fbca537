import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict } from '../../../shared/kernel/errors.ts';
import { refuseUnknown } from '../../../shared/kernel/named.ts';
import type { NamedPolicies } from '../policies/named.ts';
import { DEFAULT_POLICY, routingView, type Routing, type SetRouting, type StoredRouting } from './rule.ts';
import type { RoutingStore } from './store.ts';

export interface SetRoutingDeps {
  readonly routing: Pick<RoutingStore, 'current' | 'save'>;
  readonly policies: Pick<NamedPolicies, 'isThere'>;
  readonly clock: Clock;
}

/**
 * Puts new rules in force as the next version. Throws `routing.changed` where somebody else set some meanwhile, and
 * `policy.unknown` where a policy that they name is not there; the catch-all may go to `default` before there is one.
 */
export const setRouting = async (
  { routing, policies, clock }: SetRoutingDeps,
  { caller, origin }: Request,
  { version, rules, catchAll }: SetRouting,
): Promise<Routing> => {
  const at = clock.now();
  const named = [
    ...rules.map(({ set }, i) => ({ pointer: `/rules/${i}/set/policyId`, id: set.policyId })),
    { pointer: '/catchAll/policyId', id: catchAll.policyId === DEFAULT_POLICY ? undefined : catchAll.policyId },
  ];
  await refuseUnknown(
    named.flatMap(({ pointer, id }) => (id === undefined ? [] : [{ pointer, what: 'policy', id }])),
    { policy: policies.isThere },
  );
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
