import type { Entry } from '../../functions/incidents/lifecycle/entry.ts';
import type { StoredIncident } from '../../functions/incidents/lifecycle/incident.ts';
import type { StoredPage } from '../../functions/paging/pages/page.ts';
import type { Chronicle, Told } from './chronicle.ts';
import type { Handed } from './provider.ts';

/** An incident as the table had it, from an instant on. */
export interface IncidentTold {
  readonly at: number;
  readonly incident: StoredIncident;
}

/** What the promises about named people are held against. Times are milliseconds of the world. */
export interface CallNight {
  readonly chronicle: Chronicle;
  readonly handed: readonly Handed[];
  /** Every version of each incident. */
  readonly versions: ReadonlyMap<string, readonly IncidentTold[]>;
  /** No queue was emptied: messages about named people wait in one. */
  readonly isKept: boolean;
  readonly clearAt: number;
  readonly lateMs: number;
  readonly lookMs: number;
  readonly timelineOf: (incidentId: string) => readonly Entry[];
  /** How late a page may come to the timeline of its incident. */
  readonly toldLateMs: number;
  readonly now: number;
}

/** Whether a page goes to a person who was named in an incident. */
export const isCall = ({ subject }: Pick<StoredPage, 'subject'>): boolean => subject.kind === 'incident';

const isOver = ({ status }: StoredIncident): boolean => status === 'resolved' || status === 'closed';

const rolesOf = ({ roles }: StoredIncident): readonly string[] => [
  ...(roles.commander === null ? [] : [`${roles.commander} commander`]),
  ...roles.responders.map((id) => `${id} responder`),
];

/** The people whom another user gives a new role in this version. */
const namedBy = ({ incident }: IncidentTold, before: IncidentTold | undefined): ReadonlySet<string> => {
  const had = before ? rolesOf(before.incident) : [];
  const given = isOver(incident) ? [] : rolesOf(incident).filter((role) => !had.includes(role));
  return new Set(given.map((role) => role.split(' ')[0] ?? '').filter((id) => id !== incident.changedBy.id));
};

/** Whether an incident needs a person at some moment between these instants. */
const isNeeded = (versions: readonly IncidentTold[], userId: string, from: number, to: number): boolean =>
  versions.some(
    ({ at, incident }, i) =>
      at <= to &&
      (versions[i + 1]?.at ?? Infinity) > from &&
      !isOver(incident) &&
      (incident.openedBy.id === userId || rolesOf(incident).some((role) => role.startsWith(`${userId} `))),
  );

/** The promises that were broken, a sentence for each. */
export const brokenCalls = (night: CallNight): string[] => {
  const { chronicle, versions } = night;
  const calls = [...chronicle.pages.values()].filter(({ page }) => isCall(page));
  const failures: string[] = [];
  const owed = new Set<Told>();
  for (const [id, told] of versions) {
    for (const [i, version] of told.entries()) {
      for (const userId of namedBy(version, told[i - 1])) {
        const mine = calls.filter(
          ({ page }) =>
            page.subject.id === id && page.policyVersion === version.incident.version && page.userId === userId,
        );
        for (const call of mine) owed.add(call);
        failures.push(...calledRightly(night, `${id}: ${userId}`, userId, version, mine));
      }
    }
  }
  for (const call of calls) {
    if (!owed.has(call)) failures.push(`${call.key}: pages somebody whom nobody named`);
    failures.push(...endsRightly(night, call), ...toldOnce(night, call));
  }
  return failures;
};

/** A person who is named is paged at each of their contacts. If they have none, the ledger says so. */
const calledRightly = (
  { chronicle, isKept, clearAt, lateMs, now }: CallNight,
  name: string,
  userId: string,
  { at }: IncidentTold,
  mine: readonly Told[],
): string[] => {
  const by = Math.max(at, clearAt) + lateMs;
  if (by > now) return [];
  if (mine.length === 0) return isKept ? [`${name} was named, and no page was written by ${clock(by)}`] : [];
  const failures: string[] = [];
  const contacts = chronicle.contacts.filter((each) => each.userId === userId);
  const writtenAt = Math.min(...mine.map((each) => each.writtenAt));
  const paged = mine.map(({ page }) => page.contactId);
  for (const { contactId } of contacts.filter(({ from, to }) => from <= at && to > writtenAt)) {
    if (!paged.includes(contactId)) failures.push(`${name} was named, and is not paged at ${contactId}`);
  }
  for (const contactId of paged) {
    const isKnown = contactId === null || contacts.some((each) => each.contactId === contactId && each.to > at);
    if (!isKnown) failures.push(`${name} was named, and is paged at ${contactId}, which is gone`);
  }
  if (new Set(paged).size < paged.length) failures.push(`${name} was named, and is paged twice`);
  return failures;
};

/** Nobody is paged for an incident that is over or no longer needs them. A page is given up only for a reason. */
const endsRightly = ({ chronicle, handed, versions, lookMs }: CallNight, call: Told): string[] => {
  const { key, page, writtenAt, closed } = call;
  const userId = page.userId ?? '';
  const told = versions.get(page.subject.id) ?? [];
  const failures = handed
    .filter((each) => each.key === key && !isNeeded(told, userId, each.askedAt - lookMs, each.askedAt))
    .map(() => `${key}: handed over although the incident does not need ${userId}`);
  const wasNeeded = told.every(
    ({ at, incident }) =>
      at > (closed?.at ?? 0) || incident.version < page.policyVersion || isNeeded(told, userId, at, at),
  );
  const isGone = chronicle.contacts.some(
    ({ contactId, to }) => contactId === page.contactId && to <= (closed?.at ?? 0),
  );
  const isUnrefused = ['incident_over', 'incident_gone', 'left_incident'].includes(closed?.page.reason?.code ?? '');
  if (closed && closed.page.status !== 'sent' && isUnrefused && wasNeeded && !isGone)
    failures.push(`${key}: planned at ${clock(writtenAt)}, and given up although the incident needs ${userId}`);
  return failures;
};

/** The timeline of the incident has each page that was sent once. */
const toldOnce = ({ timelineOf, clearAt, toldLateMs, now }: CallNight, { key, page, closed }: Told): string[] => {
  if (closed?.page.status !== 'sent') return [];
  const often = timelineOf(page.subject.id).filter(
    ({ type, id }) => type === 'person_paged' && id.endsWith(`_page_${page.key}`),
  ).length;
  const isLate = Math.max(closed.at, clearAt) + toldLateMs < now;
  return often > 1 || (often === 0 && isLate) ? [`${key}: is ${often} times in the timeline of its incident`] : [];
};

const clock = (at: number): string => new Date(at).toISOString().slice(11, 23);
