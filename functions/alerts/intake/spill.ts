import * as z from 'zod/mini';
import { Actor, Severity, slotOf, type AlertEvent } from '../alert.ts';

/*
 * Messages of the spill queue: events that were accepted while the table refused, with everything that their replay needs. A new
 * version of the shape gets a new `schema`; the reader accepts each version that the queue may still contain.
 */

export const SPILL_SCHEMA = 'tocsin.spill/1';

const Instant = z.iso.datetime();

const Event = z.object({
  source: z.string(),
  dedupKey: z.string(),
  title: z.string(),
  severity: Severity,
  description: z.string(),
  service: z.nullable(z.string()),
  team: z.nullable(z.string()),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  expiresAt: z.optional(Instant),
});

const common = {
  schema: z.literal(SPILL_SCHEMA),
  /** The name of the event. Its slot remembers it, so that a write whose answer was lost is not counted again. */
  id: z.string(),
  acceptedAt: Instant,
  by: Actor,
  /** Where its source numbers its reports (`revision.ts`). */
  revision: z.optional(z.string()),
};

export const Spilled = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('trigger'), event: Event }),
  z.object({
    ...common,
    kind: z.literal('resolve'),
    source: z.string(),
    dedupKey: z.string(),
    note: z.optional(z.string()),
  }),
  z.object({
    ...common,
    kind: z.literal('acknowledge'),
    source: z.string(),
    dedupKey: z.string(),
    note: z.optional(z.string()),
  }),
]);
export type Spilled = z.infer<typeof Spilled>;
export type SpilledTrigger = Extract<Spilled, { kind: 'trigger' }>;
export type SpilledResolve = Extract<Spilled, { kind: 'resolve' }>;
export type SpilledAcknowledge = Extract<Spilled, { kind: 'acknowledge' }>;

/** The subject of an event. Events of one subject keep their order. */
export const subjectOf = (spilled: Spilled): { readonly source: string; readonly dedupKey: string } =>
  spilled.kind === 'trigger' ? spilled.event : spilled;

export const slotOfSpilled = (spilled: Spilled): string => {
  const { source, dedupKey } = subjectOf(spilled);
  return slotOf(source, dedupKey);
};

/** The event of a trigger, as the store takes it. */
export const eventOf = ({ event: { expiresAt, ...event } }: SpilledTrigger): AlertEvent => ({
  ...event,
  ...(expiresAt && { expiresAt }),
});

/** The event in the text of a message; undefined where the text is not one. */
export const spilledIn = (text: string): Spilled | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = z.safeParse(Spilled, value);
  return parsed.success ? parsed.data : undefined;
};
