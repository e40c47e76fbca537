import * as z from 'zod/mini';
import { ESCALATION_STATUSES, type Escalation } from './escalation.ts';
import { HOLD_CODES, holdSentence } from '../noise/hold.ts';
import { PAGE_STATUSES, type StoredPage } from '../pages/page.ts';
import { REASON_CODES, sentenceOf } from '../pages/reason.ts';

export const EscalationView = z
  .object({
    alertId: z.string(),
    policyId: z.string(),
    policyVersion: z.int(),
    status: z.enum(ESCALATION_STATUSES),
    urgency: z.enum(['high', 'low']),
    round: z.int(),
    loop: z.int(),
    step: z.int(),
    nextAt: z.nullable(z.iso.datetime()),
    /** Why nobody is paged yet; null where nothing holds the alert back. */
    waits: z.nullable(
      z.object({
        /** In a sentence. */
        reason: z.string(),
        /** The same for programs. */
        reasonCode: z.enum(HOLD_CODES),
        since: z.iso.datetime(),
        /** When it is looked at again. */
        until: z.iso.datetime(),
      }),
    ),
  })
  .register(z.globalRegistry, { id: 'Escalation' });
export type EscalationView = z.infer<typeof EscalationView>;

export const PageView = z
  .object({
    round: z.int(),
    loop: z.int(),
    step: z.int(),
    /** What the step names: a user, a schedule, a team or a contact. */
    targetId: z.string(),
    userId: z.nullable(z.string()),
    channel: z.nullable(z.string()),
    contactId: z.nullable(z.string()),
    status: z.enum(PAGE_STATUSES),
    /** Why it was not sent, or not yet, in a sentence. */
    reason: z.nullable(z.string()),
    /** The same for programs. */
    reasonCode: z.nullable(z.enum(REASON_CODES)),
    plannedAt: z.iso.datetime(),
    sentAt: z.nullable(z.iso.datetime()),
    /** When the provider reported the delivery. Null: not yet, or it reports none. */
    deliveredAt: z.nullable(z.iso.datetime()),
    attempts: z.int(),
    provider: z.nullable(z.string()),
    providerId: z.nullable(z.string()),
  })
  .register(z.globalRegistry, { id: 'Page' });
export type PageView = z.infer<typeof PageView>;

export const Pages = z.object({ escalation: EscalationView, items: z.array(PageView), next: z.nullable(z.string()) });
export type Pages = z.infer<typeof Pages>;

const picked = <T extends object>(fields: readonly string[], of: object): T =>
  Object.fromEntries(fields.map((field) => [field, (of as Record<string, unknown>)[field] ?? null])) as T;

export const escalationView = (escalation: Escalation): EscalationView =>
  picked(Object.keys(EscalationView.shape), {
    ...escalation,
    waits: escalation.waits && {
      reason: holdSentence(escalation.waits.reason),
      reasonCode: escalation.waits.reason.code,
      since: escalation.waits.since,
      until: escalation.waits.until,
    },
  });

/** A page as clients see it, with neither number nor address. */
export const pageView = (page: StoredPage): PageView =>
  picked(Object.keys(PageView.shape), {
    ...page,
    reason: page.reason && sentenceOf(page.reason),
    reasonCode: page.reason?.code ?? null,
  });
