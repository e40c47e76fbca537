import * as z from 'zod/mini';
import { AlertOfEvent, EFFECTS } from './receipt.ts';

/** An event as a search finds it. */
const Found = z.object({
  /** By which `GET /api/events/{id}` tells all; null for one that was refused, which has no receipt. */
  id: z.nullable(z.string()),
  at: z.iso.datetime(),
  effect: z.enum([...EFFECTS, 'rejected']),
  /** Why it was rejected. */
  why: z.nullable(z.string()),
});
export type Found = z.infer<typeof Found>;

/** The events of one alert, or one that was refused. */
export const EventsOfAlert = z
  .object({
    /** Null for events that were refused. */
    alert: z.nullable(AlertOfEvent),
    /** The id of the integration, where it is known. */
    integration: z.nullable(z.string()),
    /** Newest first. Of repeats the latest is shown: `alert.count` counts all. */
    events: z.array(Found),
  })
  .register(z.globalRegistry, { id: 'EventsOfAlert' });
export type EventsOfAlert = z.infer<typeof EventsOfAlert>;

export const OUTCOMES = ['open', 'acknowledged', 'resolved', 'rejected'] as const;
