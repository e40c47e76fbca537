import type { Entry } from '../lifecycle/entry.ts';
import { sentenceOf, type Wording } from '../lifecycle/sentences.ts';
import { SINGLE_ROLES, type StoredIncident } from '../lifecycle/incident.ts';
import type { StoredLink } from '../lifecycle/link.ts';
import type { Task } from '../lifecycle/task.ts';

/** The data of a review. */
export interface Reviewed {
  readonly incident: StoredIncident;
  /** Entries of the incident and of those that were merged into it, in order. */
  readonly entries: readonly Entry[];
  readonly tasks: readonly Task[];
  readonly alerts: readonly StoredLink[];
  /** Names by user id, of people who are mentioned and are no actor of an entry. */
  readonly names: ReadonlyMap<string, string>;
  /** True where there is more than a review contains. */
  readonly isCut: boolean;
}

/** More consecutive alerts than these share one line. */
const TOLD_ONE_BY_ONE = 5;
const SHOWN_ALERTS = 100;

/** Text of users in Markdown: escaped, and on one line. */
export const plain = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>|#~&]/g, '\\$&');

/** The same at the beginning of a line, where a list, a rule and an underlined heading begin as well. */
const plainLine = (text: string): string => asLine(plain(text));

const asLine = (line: string): string => line.replace(/^[-+=]/, '\\$&').replace(/^(\d{1,9})([.)])/, '$1\\$2');

/** A note within an item of a list: each of its lines is one, and empty lines are left out. */
const noteLines = (text: string): string =>
  text
    .split(/[\r\n\u2028\u2029]+/)
    .map(plain)
    .filter((line) => line !== '')
    .map((line, i) => (i === 0 ? line : asLine(line)))
    .join('\\\n  ');

const quoted = (text: string): string =>
  text
    .trim()
    .split(/\r?\n/)
    .map((line) => `> ${plainLine(line)}`.trimEnd())
    .join('\n');

/** `1 h 05 min`, `12 min`, `40 s`. */
export const duration = (from: string, to: string): string => {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
};

const clock = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)}`;

/**
 * The review document of an incident in Markdown: facts and durations, people, pinned entries, alerts, the timeline, tasks and action
 * items. Times are UTC. The same incident gives the same document.
 */
export const reviewOf = (reviewed: Reviewed): string => {
  const { incident } = reviewed;
  const name = namesIn(reviewed);
  const sections = [
    [`# ${plain(incident.title)}`, factsOf(incident)],
    [incident.summary && '## Summary', incident.summary && quoted(incident.summary)],
    ['## People', peopleOf(incident, name)],
    ...pinnedOf(reviewed.entries),
    [`## Alerts (${reviewed.alerts.length}${reviewed.isCut ? ' at least' : ''})`, alertsOf(reviewed.alerts)],
    ['## Timeline', timelineOf(reviewed.entries, name, reviewed.isCut)],
    ['## Tasks', tasksOf(reviewed.tasks, 'task', name)],
    ['## Action items', tasksOf(reviewed.tasks, 'action_item', name)],
  ];
  return `${sections
    .map((section) => section.filter(Boolean).join('\n\n'))
    .filter(Boolean)
    .join('\n\n')}\n`;
};

type Told = Pick<Reviewed, 'incident' | 'entries' | 'tasks'>;

/** The names of all actors. */
const actorsIn = ({ incident, entries, tasks }: Told): Map<string, string> =>
  new Map(
    [
      incident.openedBy,
      incident.changedBy,
      ...entries.map(({ actor }) => actor),
      ...tasks.map((task) => task.changedBy),
    ].map(({ id, name }) => [id, name]),
  );

const namesIn = (reviewed: Reviewed): ((id: string) => string) => {
  const actors = actorsIn(reviewed);
  return (id) => plain(actors.get(id) ?? reviewed.names.get(id) ?? id);
};

/** Ids of people who are mentioned and are no actor: they were paged, or have a role or a task. */
export const spokenOf = (told: Told): string[] => {
  const { incident, entries, tasks } = told;
  const actors = actorsIn(told);
  const ids = [
    ...SINGLE_ROLES.map((role) => incident.roles[role]),
    ...incident.roles.responders,
    ...tasks.map(({ assignee }) => assignee),
    ...entries.flatMap(({ type, from, to }) => (PEOPLE_ENTRIES.has(type) ? [from, to] : [])),
  ];
  return [...new Set(ids)].filter((id) => typeof id === 'string' && id !== '' && !actors.has(id)) as string[];
};

/** Entries that go from one person to another, or to one. */
const PEOPLE_ENTRIES: ReadonlySet<Entry['type']> = new Set(['role_changed', 'person_paged', 'page_failed']);

/** How often an incident was opened again, where that is seldom. */
const TIMES = ['', 'once', 'twice'];

const factsOf = (incident: StoredIncident): string => {
  const { openedAt, startedAt, resolvedAt, closedAt } = incident;
  const rows: [string, string][] = [
    ['Incident', incident.id],
    ['Severity', incident.severity],
    ['Status', incident.status],
    ['Service', incident.service === null ? '' : plain(incident.service)],
    ['Team', incident.team === null ? '' : plain(incident.team)],
    ['Opened', `${clock(openedAt)} by ${plain(incident.openedBy.name)}`],
    ['Work began', startedAt === null ? '' : `${clock(startedAt)}, after ${duration(openedAt, startedAt)}`],
    ['Resolved', resolvedAt === null ? '' : `${clock(resolvedAt)}, after ${duration(openedAt, resolvedAt)}`],
    ['Closed', closedAt === null ? '' : clock(closedAt)],
    ['Opened again', TIMES[incident.reopened] ?? `${incident.reopened} times`],
    ['Merged from', incident.mergedFrom.join(', ')],
    ['Split from', incident.splitFrom ?? ''],
  ];
  return [
    '| | |',
    '| --- | --- |',
    ...rows.filter(([, value]) => value).map(([key, value]) => `| ${key} | ${value} |`),
  ].join('\n');
};

const peopleOf = ({ roles }: StoredIncident, name: (id: string) => string): string => {
  const single = SINGLE_ROLES.flatMap((role) => {
    const id = roles[role];
    return id === null ? [] : [`- ${role}: ${name(id)}`];
  });
  const responders = roles.responders.length > 0 ? [`- responders: ${roles.responders.map(name).join(', ')}`] : [];
  return [...single, ...responders].join('\n') || 'No roles were assigned.';
};

const pinnedOf = (entries: readonly Entry[]): string[][] => {
  const pinned = entries.filter(({ pinned: is }) => is);
  if (pinned.length === 0) return [];
  return [
    [
      '## What matters',
      pinned
        .map(
          (entry) =>
            `- ${clock(entry.at)} ${plain(entry.actor.name)}: ${sentenceOf(entry, { text: plain, note: noteLines, person: plain })}`,
        )
        .join('\n'),
    ],
  ];
};

const alertsOf = (alerts: readonly StoredLink[]): string => {
  if (alerts.length === 0) return 'None.';
  const rows = alerts
    .slice(0, SHOWN_ALERTS)
    .map(({ title, severity, service, openedAt, acknowledgedBy, acknowledgedAt, resolvedAt }) =>
      [
        '',
        plain(title),
        severity,
        plain(service ?? ''),
        clock(openedAt),
        acknowledgedAt === null ? '' : `${duration(openedAt, acknowledgedAt)}, ${plain(acknowledgedBy ?? '')}`,
        resolvedAt === null ? '' : duration(openedAt, resolvedAt),
        '',
      ]
        .join(' | ')
        .trim(),
    );
  const more = alerts.length - SHOWN_ALERTS;
  return [
    '| Alert | Severity | Service | Opened | Acknowledged after | Resolved after |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    ...(more > 0 ? ['', `And ${more} more.`] : []),
  ].join('\n');
};

const timelineOf = (entries: readonly Entry[], name: (id: string) => string, isCut: boolean): string => {
  const wording: Wording = { text: plain, note: noteLines, person: name };
  const lines: string[] = [];
  for (let i = 0; i < entries.length;) {
    const run = runFrom(entries, i);
    const [first, last] = [run[0], run.at(-1)];
    if (!first || !last) break;
    if (run.length > TOLD_ONE_BY_ONE) {
      const what = first.type === 'alert_linked' ? 'alerts linked' : `alerts: ${first.field}`;
      lines.push(`- ${clock(first.at)} to ${clock(last.at)}: ${run.length} ${what}`);
    } else {
      lines.push(
        ...run.map((entry) => `- ${clock(entry.at)} ${plain(entry.actor.name)}: ${sentenceOf(entry, wording)}`),
      );
    }
    i += run.length;
  }
  return [...lines, ...(isCut ? ['', 'The review is cut. The timeline has all entries.'] : [])].join('\n');
};

const ALERT_ENTRIES: ReadonlySet<Entry['type']> = new Set(['alert_linked', 'alert_unlinked', 'alert_changed']);

/** Consecutive entries about alerts that say the same; a single entry of any other type. */
const runFrom = (entries: readonly Entry[], start: number): readonly Entry[] => {
  const first = entries[start];
  if (!first || !ALERT_ENTRIES.has(first.type)) return entries.slice(start, start + 1);
  const end = entries.findIndex((entry, i) => i > start && (entry.type !== first.type || entry.field !== first.field));
  return entries.slice(start, end < 0 ? entries.length : end);
};

const tasksOf = (tasks: readonly Task[], kind: Task['kind'], name: (id: string) => string): string =>
  tasks
    .filter((task) => task.kind === kind)
    .map(({ title, assignee, dueAt, done }) => {
      const who = assignee === null ? '' : `, ${name(assignee)}`;
      const until = dueAt === null ? '' : `, until ${dueAt.slice(0, 10)}`;
      return `- [${done ? 'x' : ' '}] ${plain(title)}${who}${until}`;
    })
    .join('\n') || 'None.';
