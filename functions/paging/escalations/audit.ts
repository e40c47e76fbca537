import { settleLimit } from '../../../shared/kernel/map-limit.ts';
import { systemCaller } from '../../../shared/kernel/caller.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { Page } from '../../../shared/kernel/page.ts';
import type { Alert, AlertEvent, Intake, OpenAlert, OpenNow } from '../../alerts/port.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { broughtInStep, ended, isInStep, type Heard } from './escalation.ts';
import { courseFor, type FollowDeps } from './follow.ts';
import { namedBy } from '../ledger.ts';
import type { AuditPlace, Awaited as Look, EscalationStore } from './store.ts';
import type { Wake } from './wake-queue.ts';

export interface AuditDeps {
  readonly clock: Clock;
  readonly openNow: OpenNow;
  readonly alertNow: (id: string) => Promise<Alert | undefined>;
  readonly policies: FollowDeps['policies'];
  readonly routing: FollowDeps['routing'];
  readonly escalations: Pick<
    EscalationStore,
    'awaited' | 'quiet' | 'standing' | 'save' | 'auditPlace' | 'saveAuditPlace'
  >;
  readonly wake: Wake;
  readonly intake: Pick<Intake, 'observe'>;
  /** Milliseconds that the audit may still take. */
  readonly remainingMs: () => number;
}

export interface Audited {
  /** Unresolved alerts that were checked in this minute. */
  readonly alerts: number;
  /** Escalations that were missing, wrong or without their next check, and were repaired. */
  readonly mended: number;
  /** Checks that were due for more than two minutes, and were scheduled again. */
  readonly overdue: number;
  /** Alerts that are still firing although all of their steps were reached, and nobody was paged. */
  readonly unreached: number;
  /** Repairs that failed. The next audit finds them again. */
  readonly failed: number;
  /** False if it did not check everything: it stopped, or continued where the last one stopped. */
  readonly isWhole: boolean;
}

/** A message in flight has arrived after this time. */
const SETTLED_MS = 120_000;
/** An alert that has not changed for this long was checked often enough: its escalation need not be read again. */
const RINGS_MS = 86_400_000;
const PAGE = 100;
const AT_ONCE = 10;
const MAX_CALLED = 100;
const RESERVE_MS = 8_000;
/** The alert about findings is resolved when there were none for this long. */
const TOLD_FOR_MS = 900_000;

/**
 * Each minute: checks that the escalation of each unresolved alert is in step and has exactly one next check, not long overdue,
 * and that no check waits for a resolved alert. Faults are repaired and counted, and raise an alert of their own. An alert that
 * opened before there was a policy is left alone. An audit that runs out of time continues in the next minute.
 */
export const audit = async (given: AuditDeps): Promise<Audited> => {
  const deps = { ...given, policies: readOnce(given.policies) };
  const now = deps.clock.now();
  const settled = new Date(now.getTime() - SETTLED_MS);
  const ringsSince = new Date(now.getTime() - RINGS_MS).toISOString();
  const looks = await everyPage(deps, deps.escalations.awaited);
  const quiet = await everyPage(deps, deps.escalations.quiet);
  const known = new Map([...looks.items, ...quiet.items].filter(isEscalation).map((each) => [alertOf(each), each]));
  const overdue = looks.items.filter(({ dueAt }) => dueAt < settled.toISOString());
  const called = await settleLimit(overdue.slice(0, MAX_CALLED), AT_ONCE, (key) => deps.wake(key, now));
  const began = await deps.escalations.auditPlace();
  const openAlerts = await deps.openNow(settled, now);
  const outcomes: PromiseSettledResult<boolean>[] = [];
  let [alerts, unreached] = [0, 0];
  let place = began;
  let isWhole = false;
  while (!isWhole && deps.remainingMs() >= RESERVE_MS) {
    const { items, next } = await pageAt(deps, openAlerts, place);
    const wrong: (() => Promise<boolean>)[] = [];
    for (const { message, isTold, lastRing } of items) {
      const escalation = known.get(message.alert.id);
      // The alert about unreached alerts does not count itself.
      if (escalation?.unreached && message.alert.source !== OWN) unreached++;
      const followed = escalation?.sequence ?? -1;
      // An escalation in the index that has followed everything is in step, unless a ring was lost.
      const mayHaveLostRing = lastRing !== undefined && lastRing < message.sequence && message.at >= ringsSince;
      if (isTold && (followed < message.sequence || mayHaveLostRing)) {
        wrong.push(() => mend(deps, { ...message, lastRing }, now));
      }
    }
    // Alerts are listed newest first, and their ids sort by time: a known alert between two pages that is not open is over.
    const open = new Set(items.map(({ message }) => message.alert.id));
    const belowId = next ? (items.at(-1)?.message.alert.id ?? place?.belowId ?? AFTER_ALL) : '';
    for (const alertId of known.keys()) {
      const isOfPage = alertId >= belowId && alertId < (place?.belowId ?? AFTER_ALL);
      if (isOfPage && !open.has(alertId)) wrong.push(() => mendOver(deps, alertId, settled, now));
    }
    const done = await inParts(deps, wrong);
    outcomes.push(...done.outcomes);
    alerts += items.length;
    // A page that ran out of time is checked again.
    if (!done.isWhole) break;
    isWhole = !next;
    place = next ? { belowId, cursor: next } : undefined;
  }
  if (place !== began) await deps.escalations.saveAuditPlace(place);
  const audited = {
    alerts,
    mended: outcomes.filter((each) => each.status === 'fulfilled' && each.value).length,
    overdue: overdue.length,
    unreached,
    failed: [...outcomes, ...called].filter(({ status }) => status === 'rejected').length,
    isWhole: isWhole && !began && looks.isWhole && quiet.isWhole,
  };
  if (audited.mended + audited.overdue + audited.failed > 0) await tellOfFindings(deps, audited, now);
  if (unreached > 0) await tellOfUnreached(deps, unreached, now);
  return audited;
};

/** A page of the open alerts. If the stored place is not usable, the next audit begins at the newest alert. */
const pageAt = async (
  { escalations }: AuditDeps,
  openAlerts: Awaited<ReturnType<OpenNow>>,
  place: AuditPlace | undefined,
): Promise<Page<OpenAlert>> => {
  try {
    return await openAlerts({ limit: PAGE, ...(place && { cursor: place.cursor }) });
  } catch (error) {
    if (place) await escalations.saveAuditPlace(undefined);
    throw error;
  }
};

/** Sorts behind the id of every alert. */
const AFTER_ALL = '~';

/** Reads each policy once. */
const readOnce = ({ byId }: FollowDeps['policies']): FollowDeps['policies'] => {
  const read = new Map<string, ReturnType<typeof byId>>();
  return {
    byId: (id) => {
      const policy = read.get(id) ?? byId(id);
      read.set(id, policy);
      return policy;
    },
  };
};

/** Works through the list while there is time. */
const inParts = async (
  { remainingMs }: AuditDeps,
  work: readonly (() => Promise<boolean>)[],
): Promise<{ readonly outcomes: readonly PromiseSettledResult<boolean>[]; readonly isWhole: boolean }> => {
  const outcomes: PromiseSettledResult<boolean>[] = [];
  while (outcomes.length < work.length && remainingMs() >= RESERVE_MS) {
    const part = work.slice(outcomes.length, outcomes.length + PAGE);
    outcomes.push(...(await settleLimit(part, AT_ONCE, (each) => each())));
  }
  return { outcomes, isWhole: outcomes.length === work.length };
};

const everyPage = async (
  { remainingMs }: AuditDeps,
  query: EscalationStore['awaited'],
): Promise<{ readonly items: readonly Look[]; readonly isWhole: boolean }> => {
  const items: Look[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await query({ limit: 1000, ...(cursor && { cursor }) });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor && remainingMs() > RESERVE_MS);
  return { items, isWhole: !cursor };
};

const isEscalation = ({ part, item }: Look): boolean => namedBy({ part, item }).page === undefined;
const alertOf = ({ part, item }: Look): string => namedBy({ part, item }).subject.id;

/** Brings an escalation in step with its alert. False if a consistent read shows that it already is. */
const mend = async (deps: AuditDeps, message: Heard, now: Date): Promise<boolean> => {
  const { escalations } = deps;
  const present = await escalations.standing(message.alert.id);
  if (present && isInStep(present.escalation, message)) {
    const { escalation, lookAt } = present;
    if (escalation.nextAt === lookAt) return false;
    return escalations.save({ ...escalation, version: escalation.version + 1 }, now);
  }
  const { course, policy } = await courseFor(deps, present?.escalation, message, now);
  if (!course || (!present && policy?.version === 1 && policy.changedAt > message.alert.firstSeenAt)) return false;
  const next = broughtInStep(present?.escalation, message, course, now);
  return next !== undefined && escalations.save(next, now);
};

/** Ends an escalation whose alert was resolved long enough ago for the message to have arrived, or no longer exists. */
const mendOver = async (deps: AuditDeps, alertId: string, settled: Date, now: Date): Promise<boolean> => {
  const alert = await deps.alertNow(alertId);
  if (!alert) {
    const present = await deps.escalations.standing(alertId);
    return present !== undefined && deps.escalations.save(ended(present.escalation), now);
  }
  if (alert.status !== 'resolved' || (alert.resolvedAt ?? '') >= settled.toISOString()) return false;
  return mend(deps, { transition: 'resolved', sequence: alert.sequence, alert }, now);
};

const tellOfFindings = (deps: AuditDeps, found: Audited, now: Date): Promise<void> =>
  tell(deps, now, {
    dedupKey: 'audit',
    title: 'Escalations did not match their alerts',
    severity: found.failed > 0 ? 'critical' : 'error',
    description:
      `${found.mended} escalations were missing, wrong or without their next check, and were repaired. ` +
      `${found.overdue} checks were overdue and were scheduled again. ${found.failed} could not be repaired yet. ` +
      'See docs/runbook.md#late-pages.',
  });

const tellOfUnreached = (deps: AuditDeps, unreached: number, now: Date): Promise<void> =>
  tell(deps, now, {
    dedupKey: 'unreached',
    title: 'Alerts are firing and nobody could be paged',
    severity: 'critical',
    description:
      `${unreached} alerts have gone through all steps of their policies and reached nobody. ` +
      'See docs/runbook.md#nobody-reached.',
  });

/** The source of alerts that the auditor raises. */
const OWN = 'paging';

const tell = async (
  { intake }: AuditDeps,
  now: Date,
  told: Pick<AlertEvent, 'title' | 'severity' | 'description'> & { readonly dedupKey: string },
): Promise<void> => {
  await intake.observe(
    {
      source: OWN,
      service: null,
      team: null,
      labels: {},
      annotations: {},
      expiresAt: new Date(now.getTime() + TOLD_FOR_MS).toISOString(),
      ...told,
    },
    actorOf(systemCaller('paging')),
  );
};
