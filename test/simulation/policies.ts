import type { Step, Target } from '../../functions/oncall/policies/policy.ts';
import { windowsIn, zoneIn } from './duty.ts';
import type { World } from './world/world.ts';

/**
 * Some rules of a policy, by chance: up to three steps, minutes apart, of people who are paged at once or take turns, some at
 * some hours only.
 */
export const rulesIn = (
  world: World,
  {
    version,
    startAt,
    users,
    others,
    share,
  }: {
    readonly version: number;
    readonly startAt: number;
    readonly users: readonly string[];
    /** What steps may name besides people, and how often they do. */
    readonly others: readonly Target[];
    readonly share: number;
  },
) => {
  const { chance } = world;
  const steps = Array.from({ length: chance.between(1, 3) }, (): Step => {
    const inTurns = chance.happens(0.2);
    const first = chance.between(0, users.length - 1);
    const named = users
      .filter((_, i) => i === first || chance.happens(inTurns ? 0.6 : 0.2))
      .map((id) => ({ type: 'user' as const, id }));
    const targets = chance.happens(share) ? [chance.pick(others), ...named.slice(inTurns ? 0 : 1)] : named;
    const timeZone = zoneIn(world);
    return {
      targets,
      ...(inTurns && { assignment: 'round_robin' }),
      ...(chance.happens(0.15) && { hours: { timeZone, windows: [windowsIn(world, timeZone, startAt)] } }),
      escalateAfterMinutes: chance.between(1, 3),
    };
  });
  return {
    version,
    name: 'Everybody',
    repeat: chance.between(0, 2),
    acknowledgementTimeoutMinutes: chance.happens(0.5) ? chance.between(1, 4) : null,
    steps,
  };
};
