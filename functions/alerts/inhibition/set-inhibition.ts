import { actorOf, auditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { conflict, invalid } from '../../../shared/kernel/errors.ts';
import { refusedMatchers } from '../silences/matcher.ts';
import { inhibitionView, type Inhibition, type SetInhibition, type StoredInhibition } from './inhibition.ts';
import type { InhibitionStore } from './store.ts';

export interface InhibitionDeps {
  readonly inhibition: InhibitionStore;
  readonly clock: Clock;
}

/** The rules that hold now. */
export const getInhibition = async ({ inhibition }: Pick<InhibitionDeps, 'inhibition'>): Promise<Inhibition> =>
  inhibitionView(await inhibition.current({ consistent: true }));

/**
 * Puts new rules in force as the next version. Throws `inhibition.invalid` for matchers that no silence may have, and
 * `inhibition.changed` where somebody else set some meanwhile.
 */
export const setInhibition = async (
  { inhibition, clock }: InhibitionDeps,
  { caller, origin }: Request,
  { version, rules }: SetInhibition,
): Promise<Inhibition> => {
  const errors = rules.flatMap((rule, i) =>
    (['source', 'target'] as const).flatMap((side) => {
      const detail = refusedMatchers(rule[side]);
      return detail === undefined ? [] : [{ pointer: `/rules/${i}/${side}`, detail }];
    }),
  );
  if (errors[0]) throw invalid('inhibition.invalid', `A rule is invalid: ${errors[0].detail}.`, { errors });
  // Before a number is made of it that no item can hold.
  const { version: seen } = await getInhibition({ inhibition });
  if (seen !== version) throw overtaken(seen);
  const at = clock.now();
  const next: StoredInhibition = {
    version: version + 1,
    rules,
    changedAt: at.toISOString(),
    changedBy: actorOf(caller),
    event: auditEvent(
      {
        type: 'inhibition.changed',
        actor: actorOf(caller),
        subject: { kind: 'inhibition', id: 'inhibition', name: 'Inhibition rules' },
        detail: { version: String(version + 1), rules: String(rules.length) },
      },
      origin,
      at,
    ),
  };
  if (await inhibition.save(next)) return inhibitionView(next);
  throw overtaken((await getInhibition({ inhibition })).version);
};

const overtaken = (present: number) =>
  conflict('inhibition.changed', `The rules are at version ${present} by now. Read them, and set them again.`);
