import { occurrencesOf, type Recurrence } from '../../../shared/calendar/recurrence.ts';
import { DAY_MS } from '../units.ts';
import type { Coverage, Past, Recurring, StoredMonitor } from './monitor.ts';
import type { KnownState, MonitorState } from './state.ts';

/** An SLA reaches so far back: the history of a monitor is kept so long. */
export const PAST_DAYS = 400;
const PAST_MS = PAST_DAYS * DAY_MS;

/** A change of the status of a monitor. */
export interface StatusChange {
  readonly at: string;
  readonly status: MonitorState['status'];
  readonly reason: string;
  readonly sequence: number;
  readonly muted: boolean;
}

/** What an SLA needs of a monitor besides its status changes. */
export interface KnownPast extends Past {
  readonly id: string;
  readonly name: string;
  readonly maintenance: StoredMonitor['maintenance'];
  readonly goneAt?: string;
  readonly state?: KnownState;
}

/** A monitor that belongs to a service, or did. */
export interface Belonging {
  readonly service: string;
  readonly id: string;
}

/** Minutes in which the tick did not run. They count neither way. */
export interface Gap {
  readonly from: string;
  readonly to: string;
}

/** The past of a monitor that is new. */
export const noPast = (
  service: string | null,
  enabled: boolean,
  at: Date,
  recurringMaintenance: readonly Recurrence[] = [],
): Past => ({
  coverage: [{ at: at.toISOString(), service, enabled }],
  pastMaintenance: [],
  ...recurringAfter([], recurringMaintenance, at),
});

type Defined = Pick<StoredMonitor, 'maintenance' | 'recurringMaintenance' | 'enabled' | 'service'>;

const areSame = (one: Recurrence, other: Recurrence): boolean => JSON.stringify(one) === JSON.stringify(other);

/** What recurred within an SLA's reach: what is in the definition no more ended now. What never had a time is forgotten. */
const recurringAfter = (
  before: readonly Recurring[],
  next: readonly Recurrence[],
  at: Date,
): Pick<Past, 'recurring'> => {
  const now = at.toISOString();
  const first = new Date(at.getTime() - PAST_MS).toISOString();
  const known = before
    .map((each) =>
      each.until === undefined && !next.some((recurrence) => areSame(recurrence, each.recurrence))
        ? { ...each, until: now }
        : each,
    )
    .filter(
      ({ recurrence, since, until }) =>
        until === undefined ||
        (until >= first &&
          occurrencesOf(recurrence, { after: new Date(since), before: Date.parse(until), limit: 1 }).length > 0),
    );
  const fresh = next.filter(
    (recurrence) => !known.some((each) => each.until === undefined && areSame(recurrence, each.recurrence)),
  );
  const recurring = [...known, ...fresh.map((recurrence) => ({ recurrence, since: now }))];
  return recurring.length === 0 ? {} : { recurring };
};

/**
 * The past of a monitor whose definition changes now. A window that had begun and is left out lasted until now; what is older
 * than an SLA reaches back is forgotten.
 */
export const pastAfter = (before: Defined & Past, next: Defined, at: Date): Past => {
  const now = at.toISOString();
  const first = new Date(at.getTime() - PAST_MS).toISOString();
  const last = before.coverage.at(-1);
  const isSame = last?.service === next.service && last.enabled === next.enabled;
  const coverage: readonly Coverage[] = isSame
    ? before.coverage
    : [...before.coverage, { at: now, service: next.service, enabled: next.enabled }];
  const stays = new Set(next.maintenance.map(({ from, to }) => `${from} ${to}`));
  const left = before.maintenance
    .filter(({ from, to }) => !stays.has(`${from} ${to}`) && Date.parse(from) < at.getTime())
    .map(({ from, to }) => ({ from, to: Date.parse(to) < at.getTime() ? to : now }));
  return {
    // The entry in force at the earliest instant of an SLA is still needed.
    coverage: coverage.filter((_, i) => (coverage[i + 1]?.at ?? now) >= first),
    pastMaintenance: [...before.pastMaintenance, ...left].filter(({ to }) => Date.parse(to) >= Date.parse(first)),
    ...recurringAfter(before.recurring ?? [], next.recurringMaintenance ?? [], at),
  };
};
