import * as z from 'zod/mini';
import { Change } from '../changes/change.ts';

const Instant = z.iso.datetime();
const nullable = z.nullable(z.string());

/** Where an event is: in its alert, in the queue in front of the table, or nobody knows any more. */
export const RECEIPT_STATES = ['applied', 'waiting', 'forgotten'] as const;

/** What an event did. */
export const EFFECTS = [
  'opened',
  'repeated',
  'raised',
  'acknowledged',
  'resolved',
  'changed',
  'nothing',
  'stored',
  'unknown',
] as const;
export type Effect = (typeof EFFECTS)[number];

/** The steps of a story. */
export const STEPS = [
  'received',
  'waits',
  'forgotten',
  ...EFFECTS,
  'silenced',
  'routed',
  'suppressed',
  'grouped',
  'planned',
  'paged',
  'not_paged',
] as const;

const Step = z.object({
  /** Null where the step has no instant of its own. */
  at: z.nullable(Instant),
  step: z.enum(STEPS),
  text: z.string(),
});
export type Step = z.infer<typeof Step>;

export const AlertOfEvent = z.object({
  id: z.string(),
  title: z.string(),
  status: z.string(),
  source: z.string(),
  dedupKey: z.string(),
  /** Events that it had so far. */
  count: z.int(),
  openedAt: Instant,
});

const Routed = z.object({
  policyId: z.string(),
  policyVersion: z.nullable(z.int()),
  /** What named the policy; null where that was not recorded yet. */
  policyFrom: z.nullable(z.enum(['rule', 'service', 'catch_all'])),
  /** The names of the rules that matched. */
  rules: z.array(z.string()),
  suppressed: z.boolean(),
  urgency: z.enum(['high', 'low']),
});
export type Routed = z.infer<typeof Routed>;

const Paged = z.object({
  userId: nullable,
  /** What the step of the policy names. */
  targetId: z.string(),
  channel: nullable,
  status: z.string(),
  reason: nullable,
  plannedAt: Instant,
  sentAt: z.nullable(Instant),
  deliveredAt: z.nullable(Instant),
  attempts: z.int(),
  /** What the provider answered: its name and its id of the message. */
  provider: nullable,
  providerId: nullable,
  round: z.int(),
  loop: z.int(),
  step: z.int(),
});

const Part = z.object({
  id: z.string(),
  action: z.string(),
  state: z.enum(RECEIPT_STATES),
  alert: z.nullable(AlertOfEvent),
});

/** What became of an accepted event. */
export const EventReceipt = z
  .object({
    id: z.string(),
    /** What it did, in the words of its sender; `batch` for several events of one request. */
    action: z.string(),
    acceptedAt: Instant,
    /** `waiting` while the table of alerts refuses writes; the event is applied as of the time at which it was accepted. */
    state: z.enum(RECEIPT_STATES),
    effect: z.enum(EFFECTS),
    /** The alert that it opened or changed; null where none was open. */
    alert: z.nullable(AlertOfEvent),
    /** The silence that covered the alert when the event was accepted. */
    silence: z.nullable(z.object({ id: z.string(), createdBy: z.string(), endsAt: Instant })),
    /** The rules and the policy by which the alert is paged; null where nobody is paged by any. */
    routing: z.nullable(Routed),
    /** The incident of the alert; `id` and the rest are null for one that the caller may not see. */
    incident: z.nullable(
      z.object({
        id: nullable,
        title: nullable,
        status: nullable,
        severity: nullable,
        linkedAt: z.nullable(Instant),
        linkedBy: nullable,
      }),
    ),
    /** The state of the escalation; null where the alert does not escalate. */
    escalation: nullable,
    /** The pages of the alert as the ledger has them: the first hundred. */
    pages: z.array(Paged),
    morePages: z.boolean(),
    /** Why nobody was paged; null where somebody was, or is about to be. */
    whyNobody: nullable,
    /** The same in sentences, in the order of time. */
    story: z.array(Step),
    /** Of a batch: its events. Each has a receipt of its own. */
    events: z.array(Part),
    /** Of a change event: what was stored. */
    change: z.nullable(z.object(Change.shape)),
  })
  .register(z.globalRegistry, { id: 'EventReceipt' });
export type EventReceipt = z.infer<typeof EventReceipt>;
export type PagedOf = EventReceipt['pages'][number];
