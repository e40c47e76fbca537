import type { Caller } from '../../../shared/kernel/caller.ts';
import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import { DEFAULT_POLICY, type Decision, type PolicyReader, type RoutingReader } from '../../oncall/port.ts';
import {
  eventIdIn,
  idsInBatch,
  type Alert,
  type EventId,
  type EventOutcome,
  type EventReader,
  type TimelineEntry,
} from '../../alerts/port.ts';
import type { IncidentOfAlert } from '../../incidents/port.ts';
import type { Ledger } from '../../paging/port.ts';
import type { Change } from '../changes/change.ts';
import type { ChangeStore } from '../changes/store.ts';
import { CHANGE_ACTION, noSuchEvent, PING_ACTION, STORED_BATCH } from './actions.ts';
import type { BatchStore } from './batch-store.ts';
import { own } from '../../../shared/kernel/own.ts';
import { NOT_PAGED } from '../opsgenie/alert.ts';
import { FAILED, failureSentence } from '../opsgenie/failure.ts';
import { outcomeOf } from './outcome-of.ts';
import type { EventReceipt } from './receipt.ts';
import { effectOf, pagesOf, routedOf, storyOf, whyNobody, type Facts } from './story.ts';

export interface GetEventDeps {
  readonly alerts: EventReader;
  readonly ledger: (alertId: string) => Promise<Ledger | undefined>;
  readonly incidentOf: (alertId: string, caller: Caller) => Promise<IncidentOfAlert | null>;
  readonly routing: RoutingReader;
  readonly policies: PolicyReader;
  readonly changes: Pick<ChangeStore, 'one'>;
  readonly batches: Pick<BatchStore, 'byName'>;
}

/** The part of an alert that a receipt shows. */
type Shown = NonNullable<EventReceipt['alert']>;

/** Events of a batch that are looked up at once. */
const AT_ONCE = 25;
/** So many of the latest entries of a timeline are read for what an event did. */
const ENTRIES = 100;

/**
 * Tells what became of an event by the id that its sender got: the alert, what it did there, silence, routing, incident, and every
 * page with its outcome, each as its owner has it at this moment. Stores nothing. Throws `event.not_found` for a text that is no id.
 */
export const getEvent = async (
  deps: GetEventDeps,
  { caller }: { readonly caller: Caller },
  { id }: { readonly id: string },
): Promise<EventReceipt> => {
  const inBatch = idsInBatch(id);
  if (inBatch) return batchReceipt(deps, id, inBatch);
  const event = eventIdIn(id);
  if (!event) throw noSuchEvent();
  if (event.action === STORED_BATCH) return storedBatch(deps, id, event);
  if (event.action === CHANGE_ACTION) return changeReceipt(deps, id, event);
  if (event.action === PING_ACTION) return pingReceipt(id, event);
  const outcome = await outcomeOf({ alertById: deps.alerts.byId, outcome: deps.alerts.outcome }, event);
  return outcome.state === 'applied' && outcome.alert
    ? appliedReceipt(deps, caller, { id, event, alert: outcome.alert })
    : bareReceipt(id, event, outcome);
};

const EMPTY = {
  alert: null,
  silence: null,
  routing: null,
  incident: null,
  escalation: null,
  pages: [],
  morePages: false,
  whyNobody: null,
  events: [],
  change: null,
} satisfies Partial<EventReceipt>;

const openedAtOf = (alert: Alert & { readonly openedAt?: string }): string => alert.openedAt ?? alert.firstSeenAt;

const shownOf = (alert: Alert & { readonly openedAt?: string }): Shown => ({
  id: alert.id,
  title: alert.title,
  status: alert.status,
  source: alert.source,
  dedupKey: alert.dedupKey,
  count: alert.count,
  openedAt: openedAtOf(alert),
});

const appliedReceipt = async (
  deps: GetEventDeps,
  caller: Caller,
  { id, event, alert }: { readonly id: string; readonly event: EventId; readonly alert: Alert },
): Promise<EventReceipt> => {
  const [stored = undefined, ledger, incident, silencedBy] = await Promise.all([
    deps.alerts.byId(alert.id),
    deps.ledger(alert.id),
    deps.incidentOf(alert.id, caller),
    deps.alerts.silencedNow(),
  ]);
  const { action, failure } = actionOf(event);
  const shown = shownOf(stored ?? alert);
  const entries: readonly TimelineEntry[] = stored
    ? (await deps.alerts.timeline(stored, { limit: ENTRIES })).items
    : [];
  const found = silencedBy(alert, event.at);
  const silence = found ? { id: found.id, createdBy: found.createdBy, endsAt: found.endsAt } : null;
  const facts: Facts = {
    effect: effectOf(event, shown, entries),
    silence,
    ledger,
    incident,
    isResolved: alert.status === 'resolved',
    why: failure ? `${failure}.` : alreadyText(event),
    notPaged: own(stored?.annotations ?? alert.annotations, NOT_PAGED),
    ...(ledger ? { decision: undefined, hasPolicy: true } : await courseOf(deps, alert)),
  };
  return {
    ...EMPTY,
    id,
    action,
    acceptedAt: event.at.toISOString(),
    state: 'applied',
    effect: facts.effect,
    alert: shown,
    silence,
    routing: routedOf(facts),
    incident: incident && shownIncident(incident),
    escalation: ledger?.escalation.status ?? null,
    pages: pagesOf(facts),
    morePages: ledger?.more ?? false,
    whyNobody: whyNobody(facts),
    story: storyOf(event.at.toISOString(), action, facts),
  };
};

/** What an event asked for, and why it changed nothing, where it is a request of Opsgenie that failed. */
const actionOf = ({ action, name }: Pick<EventId, 'action' | 'name'>) =>
  action.startsWith(FAILED)
    ? { action: action.slice(FAILED.length), failure: failureSentence(name) }
    : { action, failure: undefined };

const shownIncident = (incident: IncidentOfAlert): NonNullable<EventReceipt['incident']> => {
  if (incident.hidden) return { id: null, title: null, status: null, severity: null, linkedAt: null, linkedBy: null };
  const { hidden: _, ...shown } = incident;
  return shown;
};

/** How an alert without an escalation would be routed now, and whether there is a policy for it. */
const courseOf = async (
  { routing, policies }: Pick<GetEventDeps, 'routing' | 'policies'>,
  alert: Alert,
): Promise<{ readonly decision: Decision; readonly hasPolicy: boolean }> => {
  const decision = await routing.routingOf(alert, new Date(alert.firstSeenAt));
  const ids = [...new Set([decision.policyId, DEFAULT_POLICY])];
  const found = await Promise.all(ids.map((id) => policies.byId(id)));
  return { decision, hasPolicy: found.some((policy) => policy !== undefined && !policy.deleted) };
};

const bareReceipt = (id: string, event: EventId, outcome: EventOutcome): EventReceipt => {
  const { state } = outcome;
  const acceptedAt = event.at.toISOString();
  const { action, failure } = actionOf(event);
  const received = { at: acceptedAt, step: 'received' as const, text: `Accepted: ${action}.` };
  const rest = { ...EMPTY, id, action, acceptedAt, state };
  switch (state) {
    case 'waiting':
      return {
        ...rest,
        effect: 'unknown',
        whyNobody: 'It waits until the table of alerts takes writes again.',
        story: [
          received,
          {
            at: null,
            step: 'waits',
            text: 'It waits in the queue in front of the table of alerts, and is applied as of when it was accepted.',
          },
        ],
      };
    case 'forgotten':
      return {
        ...rest,
        effect: 'unknown',
        whyNobody: null,
        story: [received, { at: null, step: 'forgotten', text: 'Its alert is older than alerts are stored.' }],
      };
    case 'applied': {
      const text = failure
        ? `${failure}, so it changed nothing.`
        : (NOTHING_TEXT[action] ?? nothingText(outcome.before));
      return {
        ...rest,
        effect: 'nothing',
        whyNobody: text,
        story: [received, { at: acceptedAt, step: 'nothing', text }],
      };
    }
  }
};

const alreadyText = ({ action, effect }: EventId): string | undefined =>
  action === 'acknowledge' && effect === 'nothing' ? 'The alert was acknowledged already.' : undefined;

/** Why a report of a key without an open alert changed nothing: its alert is over already, or there was none. */
const nothingText = (before: Alert | undefined): string =>
  before
    ? `The alert of its key was resolved already, by ${before.resolvedBy} at ${before.resolvedAt}, so it changed nothing.`
    : 'There is no alert of its key, so it changed nothing. Does the key fit?';

const NOTHING_TEXT: Readonly<Record<string, string>> = {
  overtaken: 'A later report of its key was applied before, so it changed nothing.',
};

const storedBatch = async (deps: GetEventDeps, id: string, { name = '' }: EventId): Promise<EventReceipt> => {
  const stored = await deps.batches.byName(name);
  const ids = stored === undefined ? undefined : idsInBatch(stored);
  if (!ids) throw noSuchEvent();
  return batchReceipt(deps, id, ids);
};

const batchReceipt = async (deps: GetEventDeps, id: string, ids: readonly string[]): Promise<EventReceipt> => {
  const parts = ids.map((each) => ({ id: each, event: eventIdIn(each) }));
  const events = await mapLimit(
    parts,
    AT_ONCE,
    async ({ id: each, event }): Promise<EventReceipt['events'][number]> => {
      if (!event) throw noSuchEvent();
      const outcome = await outcomeOf({ alertById: deps.alerts.byId, outcome: deps.alerts.outcome }, event);
      const alert = outcome.state === 'applied' && outcome.alert ? shownOf(outcome.alert) : null;
      return { id: each, action: event.action, state: outcome.state, alert };
    },
  );
  const acceptedAt = new Date(Math.min(...parts.map(({ event }) => event?.at.getTime() ?? 0))).toISOString();
  const waiting = events.filter(({ state }) => state === 'waiting').length;
  return {
    ...EMPTY,
    id,
    action: 'batch',
    acceptedAt,
    state: waiting > 0 ? 'waiting' : 'applied',
    effect: 'unknown',
    story: [
      { at: acceptedAt, step: 'received', text: `Accepted: ${events.length} events in one request.` },
      ...(waiting > 0
        ? [
            {
              at: null,
              step: 'waits' as const,
              text: `${waiting} of them wait in the queue in front of the table of alerts.`,
            },
          ]
        : []),
    ],
    events,
  };
};

const changeReceipt = async (deps: GetEventDeps, id: string, { at, name = '' }: EventId): Promise<EventReceipt> => {
  const [instant = '', tail = ''] = name.split('.');
  const change: Change | undefined = await deps.changes.one(instant, `chg_${tail}`);
  if (!change) throw noSuchEvent();
  const acceptedAt = at.toISOString();
  const text = 'It is stored as a change. A change pages nobody.';
  return {
    ...EMPTY,
    id,
    action: CHANGE_ACTION,
    acceptedAt,
    state: 'applied',
    effect: 'stored',
    whyNobody: text,
    story: [
      { at: acceptedAt, step: 'received', text: 'Accepted: a change event.' },
      { at: acceptedAt, step: 'stored', text },
    ],
    change,
  };
};

/** A ping is recorded at its heartbeat before it is answered. The monitor shows when it was heard last. */
const pingReceipt = (id: string, { at, name = '' }: EventId): EventReceipt => {
  const acceptedAt = at.toISOString();
  const text = `It is recorded at the heartbeat ${name}. A ping pages nobody, and ends the alert of a heartbeat that was down.`;
  return {
    ...EMPTY,
    id,
    action: PING_ACTION,
    acceptedAt,
    state: 'applied',
    effect: 'stored',
    whyNobody: text,
    story: [
      { at: acceptedAt, step: 'received', text: 'Accepted: a ping.' },
      { at: acceptedAt, step: 'stored', text },
    ],
  };
};
