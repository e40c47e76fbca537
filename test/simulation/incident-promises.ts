import type { AlertMessage } from '../../functions/alerts/events.ts';
import type { Entry } from '../../functions/incidents/lifecycle/entry.ts';
import type { Chronicle } from './chronicle.ts';
import { RELATED, type SimulatedIncidents } from './incidents.ts';

/** What the promises of incidents are held against. Times are milliseconds of the world. */
export interface Together {
  readonly incidents: SimulatedIncidents;
  readonly chronicle: Chronicle;
  /** What the topic published, and when. */
  readonly told: readonly { readonly at: number; readonly message: AlertMessage }[];
  readonly minAlerts: number;
  readonly clearAt: number;
  /** How late an alert or a page may reach its incident. */
  readonly lateMs: number;
  readonly now: number;
}

/** The promises that were broken, a sentence for each. */
export const brokenTogether = (night: Together): string[] => [
  ...night.incidents.lost().map((body) => `lost for incidents: ${body}`),
  ...oneForEach(night),
  ...nobodyLeftOut(night),
  ...saysTheSame(night),
  ...toldOnce(night),
  ...resolvedWithAlerts(night),
];

const isSettled = ({ clearAt, lateMs, now }: Together, at: number): boolean => Math.max(at, clearAt) + lateMs < now;

/** A page of an alert that joins its incident later than this is in the figures only. */
const TOLD_AGAIN_MS = 200_000;

const familyOf = (service: string): string => [service, ...(RELATED[service] ?? [])].sort()[0] ?? service;

/** Related services have one open incident at a time. */
const oneForEach = ({ incidents }: Together): string[] => {
  const all = incidents.incidents().map((each) => ({
    family: familyOf(each.service ?? each.title),
    id: each.id,
    from: Date.parse(each.openedAt),
    to: each.resolvedAt === null ? Infinity : Date.parse(each.resolvedAt),
  }));
  return all.flatMap((one, i) =>
    all
      .slice(i + 1)
      .filter((other) => other.family === one.family && other.from < one.to && one.from < other.to)
      .map((other) => `${one.id} and ${other.id}: two incidents of ${one.family} at once`),
  );
};

/** An open alert belongs to an incident, which knows its state. */
const nobodyLeftOut = (night: Together): string[] => {
  const { incidents, chronicle, told, minAlerts } = night;
  const links = new Map(incidents.links().map((link) => [link.alertId, link]));
  return [...chronicle.alerts.values()].flatMap(({ id, transitions }) => {
    const mine = told.filter(({ message }) => message.alert.id === id);
    const last = mine.reduce<(typeof mine)[number] | undefined>(
      (latest, each) => (each.message.sequence > (latest?.message.sequence ?? 0) ? each : latest),
      undefined,
    );
    if (!last || !isSettled(night, last.at)) return [];
    const link = links.get(id);
    if (!link) {
      const isOpen = transitions.at(-1)?.alert.status !== 'resolved';
      return isOpen && minAlerts === 1 ? [`${id}: belongs to no incident`] : [];
    }
    const { sequence, alert } = last.message;
    const failures = link.incidentId === null ? [`${id}: was taken out of its incident by nobody`] : [];
    if (link.sequence < sequence)
      failures.push(`${id}: its incident knows ${link.sequence} of ${sequence} transitions`);
    if (link.sequence === sequence && link.status !== alert.status)
      failures.push(`${id}: is ${alert.status}, and its incident says ${link.status}`);
    return failures;
  });
};

/** The incident of an alert says what became of the alert, also while a silence muted it. */
const saysTheSame = (night: Together): string[] =>
  night.incidents.links().flatMap((link) => {
    const last = night.chronicle.alerts.get(link.alertId)?.transitions.at(-1);
    if (!last || !isSettled(night, last.at)) return [];
    const { id, status, sequence } = last.alert;
    return link.sequence === sequence && link.status === status
      ? []
      : [`${id}: is ${status} by ${sequence} transitions, and its incident says ${link.status} by ${link.sequence}`];
  });

const countOf = (entries: readonly Entry[], wanted: Partial<Entry>): number =>
  entries.filter((entry) => Object.entries(wanted).every(([field, value]) => entry[field as keyof Entry] === value))
    .length;

/** The transitions of an alert, and when they were published; those that a silence muted, when they were written. */
const happenedTo = ({ chronicle, told }: Together, alertId: string) => {
  const published = told.filter(({ message }) => message.alert.id === alertId);
  const sequences = new Set(published.map(({ message }) => message.sequence));
  const written = chronicle.alerts.get(alertId)?.transitions ?? [];
  return [
    ...published.map(({ at, message: { transition, sequence } }) => ({ at, transition, sequence })),
    ...written
      .filter(({ alert }) => !sequences.has(alert.sequence))
      .map(({ at, alert: { transition, sequence } }) => ({ at, transition: transition.type, sequence })),
  ];
};

/** Each alert, transition and page is once in the timeline of the incident. The counts are exact. */
const toldOnce = (night: Together): string[] => {
  const { incidents, chronicle } = night;
  const failures: string[] = [];
  const links = incidents.links();
  for (const { id } of incidents.incidents()) {
    const entries = incidents.timelineOf(id);
    const theirs = links.filter(({ incidentId }) => incidentId === id);
    if (countOf(entries, { type: 'opened' }) !== 1)
      failures.push(`${id}: opened, and the timeline does not say so once`);
    if (countOf(entries, { type: 'alert_linked' }) !== theirs.length)
      failures.push(`${id}: has ${theirs.length} alerts, and the timeline tells of others`);
    for (const { alertId } of theirs) {
      const linkedAt = incidents.linkedAt(alertId) ?? Infinity;
      const mustBeThere = (at: number): boolean => isSettled(night, at) && (night.minAlerts === 1 || at > linkedAt);
      if (countOf(entries, { type: 'alert_linked', alertId }) !== 1)
        failures.push(`${id}: ${alertId} does not come to it once`);
      for (const { at, transition, sequence } of happenedTo(night, alertId)) {
        if (sequence === 1) continue;
        const place = `${alertId}_${transition === 'resolved' ? 'end' : String(sequence).padStart(8, '0')}`;
        const found = entries.filter(
          ({ type, id: entryId }) => type === 'alert_changed' && entryId.endsWith(place),
        ).length;
        // A transition that overtakes the opening shows in the state of the alert when it is linked.
        if (found > 1 || (found === 0 && mustBeThere(at) && at > linkedAt))
          failures.push(`${id}: that ${alertId} was ${transition} stands ${found} times in the timeline`);
      }
      for (const { page, closed } of chronicle.pages.values()) {
        if (page.subject.id !== alertId || closed?.page.status !== 'sent') continue;
        const sentAt = closed.page.sentAt ?? '';
        const found = entries.filter(
          (each) => each.alertId === alertId && each.type === 'person_paged' && each.id.endsWith(`_page_${page.key}`),
        );
        if (
          found.length > 1 ||
          (found.length === 0 && mustBeThere(Date.parse(sentAt)) && Date.parse(sentAt) > linkedAt - TOLD_AGAIN_MS)
        )
          failures.push(`${id}: the page ${page.key} of ${alertId} stands ${found.length} times in the timeline`);
      }
    }
  }
  const sent = [...chronicle.pages.values()].filter(({ closed }) => closed?.page.status === 'sent');
  const [sure, counted] = [
    sent.filter(({ closed }) => isSettled(night, closed?.at ?? Infinity)),
    incidents.pagesCounted(),
  ];
  if (counted < sure.length || counted > sent.length)
    failures.push(`${sent.length} pages were sent, and figures know of ${counted}`);
  return failures;
};

/** An incident that is resolved with its alerts leaves none of them open. */
const resolvedWithAlerts = (night: Together): string[] => {
  const { incidents, chronicle } = night;
  const links = incidents.links();
  return incidents.incidents().flatMap(({ id, resolvedAt, resolveAlertsAt }) => {
    if (resolvedAt === null || resolveAlertsAt === null || !isSettled(night, Date.parse(resolvedAt))) return [];
    return links
      .filter(({ incidentId, alertId }) => incidentId === id && (incidents.linkedAt(alertId) ?? Infinity) < night.now)
      .filter(({ alertId }) => chronicle.alerts.get(alertId)?.transitions.at(-1)?.alert.status !== 'resolved')
      .map(({ alertId }) => `${id}: is resolved with its alerts, and ${alertId} is not`);
  });
};
