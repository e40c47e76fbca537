import type { AlertMessage, Concern } from '../../alerts/events.ts';
import { courseFor, type FollowDeps } from './follow.ts';
import type { EscalationStore } from './store.ts';

export interface ConcernDeps extends Pick<FollowDeps, 'policies' | 'routing'> {
  readonly escalations: Pick<EscalationStore, 'escalated'>;
  /** False only where there is no policy at all. */
  readonly anyPolicy: () => Promise<boolean>;
}

/**
 * Finds which transitions of a batch concern paging: those of alerts that escalate or have escalated, and those of alerts for
 * which a policy is in force at that moment. Where there is no policy it takes one read for openings, and two for others.
 */
export const pagingConcern = async (deps: ConcernDeps, batch: readonly AlertMessage[]): Promise<Concern> => {
  const later = batch.filter(({ sequence }) => sequence > 1).map(({ alert }) => alert.id);
  const [escalated, anyPolicy] = await Promise.all([
    later.length > 0 ? deps.escalations.escalated(later) : new Set<string>(),
    deps.anyPolicy(),
  ]);
  const followed = new Set(escalated);
  const others = anyPolicy ? batch.filter(({ alert }) => !escalated.has(alert.id)) : [];
  await Promise.all(
    others.map(async (message) => {
      const { course } = await courseFor(deps, undefined, message, new Date(message.at));
      if (course) followed.add(message.alert.id);
    }),
  );
  return ({ alert }) => followed.has(alert.id);
};
