import type { Target } from '../../functions/paging/policies/policy.ts';
import type { TickDeps } from '../../functions/paging/escalations/tick.ts';
import { REFUSALS, withRetry } from './world/services.ts';
import type { Surroundings, World } from './world/world.ts';

const HAND_OFF_MS = 4 * 60_000;
const SHIFTS = 6;

/**
 * Who is on call in this night, and who is still there: by a schedule that hands off every few minutes, and on which nobody is at times, and in a
 * team. The schedules of the deployed code are held against a calendar elsewhere; here they are asked, and may refuse.
 */
export const simulatedDuty = ({ chance, now }: World, users: readonly string[]) => {
  const startAt = now();
  const shifts = Array.from({ length: SHIFTS }, () => users.filter(() => chance.happens(0.4)));
  const team = users.filter(() => chance.happens(0.5));

  const overrides: { readonly userId: string; readonly from: number; readonly to: number }[] = [];

  const onCall = (at: number): readonly string[] => {
    const override = overrides.findLast(({ from, to }) => from <= at && at < to);
    return override ? [override.userId] : (shifts[Math.floor((at - startAt) / HAND_OFF_MS) % SHIFTS] ?? []);
  };
  /** Somebody takes over for some minutes, from the next minute on. */
  const takeOver = (userId: string, minutes: number): void => {
    const from = now() + 60_000;
    overrides.push({ userId, from, to: from + minutes * 60_000 });
  };

  /** Whom a target stands for at an instant, in milliseconds of the world. */
  const standsFor = ({ type, id }: Pick<Target, 'type' | 'id'>, at: number): readonly string[] =>
    type === 'schedule' ? onCall(at) : type === 'team' ? team : [id];

  const dutyIn = ({ call }: Surroundings): TickDeps['duty'] => ({
    onCallNow: (_id, at) =>
      withRetry(call)(() => ({ users: onCall(at.getTime()), until: undefined, next: undefined }), REFUSALS),
    answering: () => withRetry(call)(() => team, REFUSALS),
  });

  const gone = new Set<string>();

  /** People as the users' table tells them. */
  const peopleIn =
    ({ call }: Surroundings): TickDeps['people'] =>
    (id) =>
      withRetry(call)(
        () => ({
          id,
          username: id,
          displayName: id,
          status: gone.has(id) ? ('disabled' as const) : ('active' as const),
        }),
        REFUSALS,
      );

  return { standsFor, dutyIn, peopleIn, takeOver, disable: (userId: string) => void gone.add(userId) };
};

export type SimulatedDuty = ReturnType<typeof simulatedDuty>;
