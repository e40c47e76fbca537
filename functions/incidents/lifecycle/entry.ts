import * as z from 'zod/mini';
import type { AuditActor } from '../../../shared/kernel/audit-event.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { sortableInstant } from '../../../shared/kernel/ids.ts';

const ENTRY_TYPES = [
  'opened',
  'status_changed',
  'severity_changed',
  'field_changed',
  'role_changed',
  'noted',
  'update_published',
  'task_added',
  'task_changed',
  'alert_linked',
  'alert_unlinked',
  'alert_changed',
  'person_paged',
  'page_failed',
  'merged_into',
  'merged_from',
  'split_into',
  'split_from',
] as const;
export const EntryType = z.enum(ENTRY_TYPES);
export type EntryType = z.infer<typeof EntryType>;

/** An entry in the timeline of an incident. */
export const Entry = z
  .object({
    /** Entries sort by id in the order of events. */
    id: z.string(),
    at: z.iso.datetime(),
    type: EntryType,
    actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    /** A note, a status update, or the title of an alert or a task. */
    text: z.optional(z.string()),
    /** The changed field; of an alert, its transition; of a page, its channel. */
    field: z.optional(z.string()),
    from: z.optional(z.string()),
    to: z.optional(z.string()),
    alertId: z.optional(z.string()),
    taskId: z.optional(z.string()),
    /** A note on the transition or the page. */
    note: z.optional(z.string()),
    /** The other incident of a merge or a split. */
    incidentId: z.optional(z.string()),
    pinned: z.boolean(),
  })
  .register(z.globalRegistry, { id: 'IncidentEntry' });
export type Entry = z.infer<typeof Entry>;

/** An entry before it has an id, a time and an actor. */
export type EntryOf = Omit<Entry, 'id' | 'at' | 'actor' | 'pinned'> & { readonly pinned?: boolean };

/**
 * The place of an entry in a timeline: by time, then by its writer, the incident itself first. The same event always has the same
 * place.
 */
export const entryId = (at: Date, writtenBy: string): string => `${sortableInstant(at)}_${writtenBy}`;

/** Every id of an entry. */
export const ENTRY_ID = /^[0-9a-z]{10}_[0-9a-z_]{1,64}$/;

export const noSuchEntry = () => notFound('entry.not_found', 'The timeline has no entry with this id.');

/** The entries of one version of an incident, in order. */
export const entriesOf = (entries: readonly EntryOf[], version: number, actor: AuditActor, at: Date): Entry[] =>
  entries.map((entry, i) => ({
    ...entry,
    id: entryId(at, `${String(version).padStart(8, '0')}_${String(i).padStart(3, '0')}`),
    at: at.toISOString(),
    actor,
    pinned: entry.pinned ?? false,
  }));

/** The types of entries that subscribers receive, unless the incident is private. */
export const ANNOUNCED: ReadonlySet<EntryType> = new Set([
  'opened',
  'status_changed',
  'severity_changed',
  'update_published',
]);
