import {
  statesGiven,
  statusAt,
  endedAt,
  isOver,
  type Impact,
  type NoticeStatus,
  type StoredNotice,
} from '../notices/notice.ts';
import { stateOfMonitors, worst, type ComponentState } from '../pages/component-state.ts';
import type { Component, StoredPage } from '../pages/page.ts';
import { own } from '../../../shared/kernel/own.ts';
import type { MonitorCounts } from '../../health/port.ts';

/** A page shows so many days, today included. */
export const DAYS = 90;

/** Notices that ended within so many days are on the page itself; older ones are on its history. */
const RECENT_DAYS = 7;
const RECENT_NOTICES = 8;
const DAY_MS = 86_400_000;

/** A day in UTC: how long it was observed, and how long of that the component was down. */
export interface Day {
  readonly day: string;
  readonly observedSeconds: number;
  readonly downSeconds: number;
}

/** All that readers of a page may see. Files are rendered of this and of nothing else. */
export interface View {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly homeUrl: string | null;
  readonly logo: string | null;
  readonly colour: string | null;
  readonly isPrivate: boolean;
  readonly overall: ComponentState;
  readonly groups: readonly { readonly name: string | null; readonly components: readonly ShownComponent[] }[];
  readonly active: readonly ShownNotice[];
  readonly planned: readonly ShownNotice[];
  readonly recent: readonly ShownNotice[];
  /** All notices that are over, newest first, the recent ones among them. */
  readonly past: readonly ShownNotice[];
  /** When this was true. */
  readonly at: string;
}

export interface ShownComponent {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly state: ComponentState;
  /** The last 90 days, oldest first; null for a component that follows no monitor. */
  readonly days: readonly Day[] | null;
  /** Over these days; null where nothing was observed. */
  readonly uptimePercent: number | null;
}

export interface ShownNotice {
  readonly id: string;
  readonly kind: 'incident' | 'maintenance';
  readonly title: string;
  readonly status: NoticeStatus;
  readonly impact: Impact;
  readonly from: string | null;
  readonly to: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Names of the components. */
  readonly components: readonly string[];
  /** Newest first. */
  readonly updates: readonly {
    readonly number: number;
    readonly at: string;
    readonly status: NoticeStatus;
    readonly text: string;
  }[];
}

/** What monitors say of a component: how they are now, and the days before. */
export interface Observed {
  readonly counts: MonitorCounts;
  readonly days: readonly Day[];
}

const OF_IMPACT: Readonly<Record<Impact, ComponentState>> = {
  none: 'operational',
  minor: 'degraded',
  major: 'partial_outage',
  critical: 'major_outage',
};

/** Rounded down, so that a day with an outage never shows 100 %. */
const percentOf = (days: readonly Day[]): number | null => {
  const observed = days.reduce((sum, { observedSeconds }) => sum + observedSeconds, 0);
  const down = days.reduce((sum, { downSeconds }) => sum + downSeconds, 0);
  return observed === 0 ? null : Math.floor((1 - down / observed) * 100_000) / 1000;
};

const shownNotice = (notice: StoredNotice, page: StoredPage, at: Date): ShownNotice => {
  const names = new Map(page.components.map(({ id, name }) => [id, name]));
  return {
    id: notice.id,
    kind: notice.kind,
    title: notice.title,
    status: statusAt(notice, at),
    impact: notice.impact,
    from: notice.from,
    to: notice.to,
    startedAt: notice.startedAt,
    endedAt: endedAt(notice, at),
    components: notice.components.flatMap(({ id }) => names.get(id) ?? []),
    updates: notice.updates.map(({ number, at: when, status, text }) => ({ number, at: when, status, text })).reverse(),
  };
};

/** The state of a component: what a person said, or its monitors; worse where a notice that is under way says so. */
export const stateOf = (
  component: Component,
  stated: StoredPage['stated'],
  counts: MonitorCounts | undefined,
  given: ReadonlyMap<string, readonly ComponentState[]>,
): ComponentState => {
  const follows = component.service !== null || component.monitor !== null;
  const alone: ComponentState =
    own(stated, component.id)?.state ?? (follows ? (counts ? stateOfMonitors(counts) : 'unknown') : 'operational');
  const ofNotices = given.get(component.id) ?? [];
  // A notice knows more than a component of which nothing is known.
  return ofNotices.length > 0 ? worst([...ofNotices, alone === 'unknown' ? 'operational' : alone]) : alone;
};

/** The page as its readers see it. `observed` has what monitors say, by the id of the component; null while that is not known. */
export const viewOf = (
  page: StoredPage,
  notices: readonly StoredNotice[],
  observed: ReadonlyMap<string, Observed> | null,
  at: Date,
): View => {
  const open = notices.filter(({ withdrawn }) => !withdrawn);
  const given = statesGiven(open, at);
  const components = page.components.map((component): ShownComponent & { readonly group: string | null } => {
    const found = observed?.get(component.id);
    return {
      id: component.id,
      name: component.name,
      description: component.description,
      group: component.group,
      state: stateOf(component, page.stated, found?.counts, given),
      days: found?.days ?? null,
      uptimePercent: found ? percentOf(found.days) : null,
    };
  });
  const shown = open
    .map((notice) => shownNotice(notice, page, at))
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : a.id < b.id ? 1 : -1));
  const active = shown.filter((notice) => !isOver(notice) && notice.status !== 'scheduled');
  const past = shown.filter(isOver);
  const since = new Date(at.getTime() - RECENT_DAYS * DAY_MS).toISOString();
  const ofIncidents = active.filter(({ kind }) => kind === 'incident').map(({ impact }) => OF_IMPACT[impact]);
  return {
    id: page.id,
    name: page.name,
    description: page.description,
    homeUrl: page.homeUrl,
    logo: page.logo,
    colour: page.colour,
    isPrivate: page.access === 'private',
    // What cannot be checked is not said to be well.
    overall: worst([...components.map(({ state }) => state), ...ofIncidents]),
    groups: [...Map.groupBy(components, ({ group }) => group)].map(([name, members]) => ({
      name,
      components: members.map(({ group: _, ...component }) => component),
    })),
    active,
    planned: shown.filter(({ status }) => status === 'scheduled').reverse(),
    recent: past.filter(({ endedAt: ended }) => (ended ?? '') >= since).slice(0, RECENT_NOTICES),
    past,
    at: at.toISOString(),
  };
};
