import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Opened } from '../../../shared/kernel/capability.ts';
import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import { memoized } from '../../../shared/kernel/memoized.ts';
import type { Alert } from '../../alerts/port.ts';
import type { Person } from '../../auth/port.ts';
import { counts, type DirectoryReader, type RoutingReader, type Target } from '../../oncall/port.ts';
import type { escalationReader } from '../../paging/port.ts';
import type { Around } from './incident.ts';
import type { Organisation } from './organisation.ts';

export interface AroundDeps {
  readonly clock: Clock;
  readonly organisation: () => Organisation;
  readonly directory: Pick<DirectoryReader, 'shifts'>;
  /** Routing by the rules of one moment. */
  readonly routing: () => RoutingReader;
  readonly escalation: Opened<typeof escalationReader>;
}

const AT_ONCE = 10;

/**
 * Finds what incidents are shown with: people, services, routing, and who is being paged. Of one request, so it reads each thing once.
 */
export const arounds = ({ clock, organisation, directory, routing, escalation }: AroundDeps) => {
  const now = clock.now();
  const org = organisation();
  const rules = routing();

  const onCall = memoized(async (scheduleId: string): Promise<readonly string[]> => {
    const schedule = (await org.schedules()).find(({ id }) => id === scheduleId);
    if (!schedule) return [];
    const at = Math.floor(now.getTime() / 1000) * 1000;
    return (await directory.shifts(schedule, { from: at, to: at + 1000 }))[0]?.users ?? [];
  });

  const reached = async ({ type, id }: Target): Promise<readonly string[]> => {
    if (type === 'user') return [id];
    if (type === 'schedule') return onCall(id);
    const team = type === 'team' ? (await org.teams()).find((each) => each.id === id) : undefined;
    return team?.members.filter(({ role }) => role !== 'observer').map(({ userId }) => userId) ?? [];
  };

  /** The people of the step that was reached last; of the first one where none was yet. */
  const pagedFor = async (alert: Alert, policyId: string): Promise<readonly Person[]> => {
    if (alert.status !== 'open' || alert.assignee !== null) return [];
    const paging = await escalation(alert.id);
    const steps = paging?.steps ?? (await org.policies()).find(({ id }) => id === policyId)?.steps ?? [];
    const open = steps.filter((step) => counts(step, steps, now));
    const step = paging ? steps[Math.max(0, paging.step - 1)] : open[0];
    const ids = new Set((await mapLimit(step?.targets ?? [], AT_ONCE, reached)).flat());
    return (await org.people()).filter(({ id }) => ids.has(id));
  };

  const one = async (alert: Alert): Promise<Around> => {
    const decision = await rules.routingOf(alert, new Date(alert.firstSeenAt));
    const [people, services, teams, policies, paged] = await Promise.all([
      org.people(),
      org.services(),
      org.teams(),
      org.policies(),
      pagedFor(alert, decision.policyId),
    ]);
    return { now, people, services, teams, policies, paged, decision };
  };

  return {
    one,
    org,
    now,
    many: <T>(alerts: readonly Alert[], shown: (alert: Alert, around: Around) => T): Promise<T[]> =>
      mapLimit(alerts, AT_ONCE, async (alert) => shown(alert, await one(alert))),
  };
};
