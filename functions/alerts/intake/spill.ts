import * as z from 'zod/mini';
import { Actor, Severity, slotOf, type AlertEvent } from '../alert.ts';

/*
 * What lies in the spill queue: events that were accepted while the store refused, with all that it takes to apply them
 * later. A new version of the shape gets a new `schema`; the reader keeps understanding those that may still lie there.
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
  /** Names the event; the store remembers it, so that a write whose answer was lost is not counted again. */
  id: z.string(),
  acceptedAt: Instant,
  by: Actor,
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
]);
export type Spilled = z.infer<typeof Spilled>;
export type SpilledTrigger = Extract<Spilled, { kind: 'trigger' }>;
export type SpilledResolve = Extract<Spilled, { kind: 'resolve' }>;

/** What a trigger is about, and with it the order that it must keep. */
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

/** The event in the text of a message; undefined where the text is none. */
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
