import { actorOf, INSIDE } from '../../../shared/kernel/audit-event.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { newId } from '../../../shared/kernel/ids.ts';
import type { Alert } from '../../alerts/port.ts';
import { entriesOf } from '../lifecycle/entry.ts';
import { incidentEvent } from '../lifecycle/incident-event.ts';
import { isOver, opened, type StoredIncident } from '../lifecycle/incident.ts';
import { endOf, linked, linkEntry } from '../lifecycle/link.ts';
import type { IncidentStore } from '../lifecycle/incident-store.ts';
import type { LinkStore } from '../lifecycle/link-store.ts';
import { candidates, minuteOf, together, type Group } from './group.ts';
import { followsDependencies, groupKey, ruleFor, severityFor, type StoredRule, type Subject } from './rule.ts';
import { groupCheck, groupWrite } from './group-item.ts';
import type { GroupStore } from './group-store.ts';

export interface CorrelateDeps {
  readonly clock: Clock;
  readonly incidents: Pick<IncidentStore, 'byId' | 'save'> & Pick<LinkStore, 'linkOf' | 'moveLink'>;
  readonly groups: Pick<GroupStore, 'byKey' | 'byKeys' | 'save' | 'noteMinute'>;
  readonly knownRules: () => Promise<readonly StoredRule[]>;
  readonly alertNow: (id: string) => Promise<Alert | undefined>;
  /** The services that one depends on or that depend on it, over others as well, the nearest first. */
  readonly relatedTo: (service: string) => Promise<readonly string[]>;
}

const ATTEMPTS = 8;
const MAX_RELATED = 20;
const MAX_MERGES = 10;
const MAX_TITLE = 256;

/** A rule as timelines and reviews name it. */
const actorFor = ({ name }: StoredRule) => actorOf(systemCaller('incident-rules', `Incident rule ${name}`));

/** All that is known about where an alert may belong, as it was read. */
export interface Surroundings {
  readonly key: string;
  readonly own: Group | undefined;
  readonly related: readonly {
    readonly service: string;
    readonly key: string;
    readonly group: Group | undefined;
  }[];
}

/**
 * Puts an alert that belongs to no incident into the one that its rule says, or opens that. However many alerts come at once:
 * one incident is opened for those that belong together, and each of them is kept in it, by a transaction of its own that no
 * other alert stands in the way of. An alert that is over meanwhile opens nothing.
 */
export const correlateAlert = async (
  deps: CorrelateDeps,
  { alertId, at }: { readonly alertId: string; readonly at: Date },
): Promise<void> => {
  const alert = await deps.alertNow(alertId);
  if (!alert) return;
  const rule = ruleFor(await deps.knownRules(), alert);
  if (!rule) return;
  const minute = minuteOf(at);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const around = await surroundings(deps, rule, alert);
    const incident = await incidentThatTakes(deps, rule, around, minute);
    const isDone = incident
      ? await join(deps, rule, incident, alert)
      : alert.status === 'resolved' || (await gather(deps, rule, around, alert, minute));
    if (isDone) return;
    if (await deps.incidents.linkOf(alertId)) return;
  }
  throw new Error(`The group of the alert ${alertId} kept changing`);
};

/** Reads what is known of where an alert may belong by a rule. */
export const surroundings = async (
  deps: Pick<CorrelateDeps, 'relatedTo'> & { readonly groups: Pick<GroupStore, 'byKey' | 'byKeys'> },
  rule: StoredRule,
  alert: Subject,
): Promise<Surroundings> => {
  const key = groupKey(rule, alert);
  const names =
    alert.service !== null && followsDependencies(rule, alert)
      ? (await deps.relatedTo(alert.service)).slice(0, MAX_RELATED)
      : [];
  const keys = names.map((service) => groupKey(rule, { ...alert, service }));
  const [own, others] = await Promise.all([deps.groups.byKey(rule.id, key), deps.groups.byKeys(rule.id, keys)]);
  return {
    key,
    own,
    related: names.map((service, i) => {
      const each = keys[i] ?? '';
      return { service, key: each, group: others.find((group) => group.key === each) };
    }),
  };
};

/** The incident of the alert's group, or of one that its service has to do with, which still goes on. */
export const goingOn = async (
  deps: { readonly incidents: Pick<IncidentStore, 'byId'> },
  { windowMinutes }: StoredRule,
  { key, own, related }: Surroundings,
  minute: number,
): Promise<
  { readonly incident: StoredIncident; readonly group: Group; readonly service: string | undefined } | undefined
> => {
  const groups = [own, ...related.map(({ group }) => group)].filter((group) => group !== undefined);
  for (const group of candidates(groups, key, minute, windowMinutes)) {
    const incident = await whereItGoesOn(deps, group.incidentId ?? '');
    const service = related.find((each) => each.key === group.key)?.service;
    if (incident) return { incident, group, service };
  }
  return undefined;
};

/** The same, where it is noted that an alert has come. */
const incidentThatTakes = async (
  deps: CorrelateDeps,
  rule: StoredRule,
  around: Surroundings,
  minute: number,
): Promise<StoredIncident | undefined> => {
  const found = await goingOn(deps, rule, around, minute);
  if (found && minute > found.group.seenMinute) await deps.groups.noteMinute(found.group, minute);
  return found?.incident;
};

/** An incident, or the one that it was merged into; undefined where that is over. */
const whereItGoesOn = async (
  { incidents }: { readonly incidents: Pick<IncidentStore, 'byId'> },
  id: string,
): Promise<StoredIncident | undefined> => {
  let incident = await incidents.byId(id);
  for (let merges = 0; incident?.mergedInto && merges < MAX_MERGES; merges++) {
    incident = await incidents.byId(incident.mergedInto);
  }
  return incident && !isOver(incident.status) ? incident : undefined;
};

const join = (
  { clock, incidents }: CorrelateDeps,
  rule: StoredRule,
  incident: StoredIncident,
  alert: Alert,
): Promise<boolean> => {
  const by = actorFor(rule);
  const after = linked(alert, incident.id, by, clock.now());
  const entries = [linkEntry('alert_linked', after, by, new Date(alert.firstSeenAt)), ...endOf(alert)];
  return incidents.moveLink(
    { before: undefined, after },
    entries.map((entry) => ({ incidentId: incident.id, entry })),
  );
};

/** Counts an alert to its group, and opens an incident where the group has become large enough. */
const gather = async (
  deps: CorrelateDeps,
  rule: StoredRule,
  around: Surroundings,
  alert: Alert,
  minute: number,
): Promise<boolean> => {
  const { key, own } = around;
  const pending = together(own, alert.id, minute, rule.windowMinutes);
  const group: Group = {
    ruleId: rule.id,
    key,
    incidentId: null,
    seenMinute: Math.max(minute, own?.seenMinute ?? 0),
    pending,
    version: (own?.version ?? 0) + 1,
  };
  if (pending.length < rule.minAlerts) return deps.groups.save(group);
  return openFor(deps, rule, around, group, alert);
};

const openFor = async (
  deps: CorrelateDeps,
  rule: StoredRule,
  { related }: Surroundings,
  group: Group,
  alert: Alert,
): Promise<boolean> => {
  const { clock, incidents } = deps;
  const [at, by] = [clock.now(), actorFor(rule)];
  const wanted = {
    title: alert.title.slice(0, MAX_TITLE),
    severity: severityFor(rule, alert),
    summary: alert.description.slice(0, 8_000),
    service: alert.service,
    team: alert.team,
    private: rule.private,
  };
  const { incident, entries } = opened(newId('inc', at), wanted, by, at, { ruleId: rule.id });
  const earlierLinks = (await earlier(deps, group, alert.id)).map((each) => linked(each, incident.id, by, at));
  const links = [...earlierLinks, linked(alert, incident.id, by, at)];
  return incidents.save({
    incident,
    event: incidentEvent('incident.opened', incident, { actor: by, origin: INSIDE, at }, { rule: rule.id }),
    beside: {
      entries: [
        ...entriesOf(entries, incident.version, by, at),
        ...links.map((link) => linkEntry('alert_linked', link, by, new Date(link.openedAt))),
      ],
      links: links.map((after) => ({ before: undefined, after })),
      others: [
        groupWrite({ ...group, incidentId: incident.id, pending: [] }),
        ...related.map((each) => groupCheck(rule.id, each.key, each.group)),
      ],
    },
  });
};

/** The alerts that came to a group before it was large enough, and still belong nowhere. */
const earlier = async (
  { incidents, alertNow }: Pick<CorrelateDeps, 'incidents' | 'alertNow'>,
  { pending }: Group,
  alertId: string,
): Promise<Alert[]> => {
  const others = pending.filter((each) => each.alertId !== alertId);
  const found = await Promise.all(
    others.map(async (each) => {
      const [alert, link] = await Promise.all([alertNow(each.alertId), incidents.linkOf(each.alertId)]);
      return alert && !link ? [alert] : [];
    }),
  );
  return found.flat();
};
