import * as z from 'zod/mini';
import type { AuditActor, AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { conflict, invalid, notFound } from '../../../shared/kernel/errors.ts';
import { own } from '../../../shared/kernel/own.ts';
import { Severity } from '../vocabulary.ts';
import { Mapping } from '../generic/mapping.ts';
import { PRESETS, type Preset } from '../generic/presets.ts';
import { INTEGRATION_TYPES, type IntegrationType } from './key.ts';

const Instant = z.iso.datetime();
const Name = z
  .string()
  .check(z.trim(), z.minLength(1), z.maxLength(100), z.regex(/^[^\u0000-\u001f]+$/, 'is one line'));
const MAX_WORDS = 32;

/** There are at most so many integrations; each list is one read. */
export const MAX_INTEGRATIONS = 500;

const settings = {
  name: Name,
  /** The service of its alerts, where they name none. */
  service: z._default(z.nullable(Name), null),
  /** The team of its alerts, where they name none. */
  team: z._default(z.nullable(Name), null),
  /** The severity of an alert that has none, or one that nobody knows. */
  defaultSeverity: z._default(Severity, 'error'),
  /** What the vendor's words for severities and priorities mean, such as `P1`, in place of what they mean otherwise. */
  severities: z._default(
    z
      .record(z.string().check(z.minLength(1), z.maxLength(64)), Severity)
      .check(z.refine((words) => Object.keys(words).length <= MAX_WORDS, `at most ${MAX_WORDS} words`)),
    {},
  ),
  /** More events a minute than these are refused with the vendor's 429, and its clients send them later. */
  eventsPerMinute: z._default(z.int().check(z.gte(60), z.lte(60_000)), 6_000),
  /** Its alerts resolve by themselves so long after their latest event, where the event names no end. */
  autoResolveMinutes: z.optional(z.int().check(z.gte(1), z.lte(30 * 1440))),
  /** AWS accounts whose topics of SNS may send to it, besides that of Tocsin. */
  accounts: z.optional(
    z.array(z.string().check(z.regex(/^\d{12}$/, 'must be an AWS account, of 12 digits'))).check(z.maxLength(50)),
  ),
  /** Whether a key of Opsgenie may manage heartbeats, and read schedules, users, teams and policies. */
  configurationAccess: z.optional(z.boolean()),
  /** How its messages become events: of a webhook, or in place of the one of its vendor. */
  mapping: z.optional(Mapping),
  /** A disabled integration takes nothing: its key is refused as an unknown one is. */
  enabled: z._default(z.boolean(), true),
};

export const CreateIntegration = z
  .strictObject({ type: z.enum(INTEGRATION_TYPES), ...settings })
  .register(z.globalRegistry, { id: 'CreateIntegration' });
export type CreateIntegration = z.infer<typeof CreateIntegration>;

/** All settings, with the version that they follow. */
export const SaveIntegration = z
  .strictObject({ ...settings, version: z.int().check(z.gte(1)) })
  .register(z.globalRegistry, { id: 'SaveIntegration' });
export type SaveIntegration = z.infer<typeof SaveIntegration>;

/** How long the former key is accepted beside the new one. */
export const RotateKey = z
  .strictObject({ overlapMinutes: z._default(z.int().check(z.gte(0), z.lte(30 * 1440)), 1440) })
  .register(z.globalRegistry, { id: 'RotateIntegrationKey' });
export type RotateKey = z.infer<typeof RotateKey>;

const KeyView = z.object({
  /** The last four characters. */
  hint: z.string(),
  createdAt: Instant,
  /** Null for the present key; a former one is refused from then on. */
  validUntil: z.nullable(Instant),
});

/** An event that was refused, for the person who looks for the mistake. It never contains the key. */
const Rejected = z.object({ at: Instant, reason: z.string(), body: z.string() });
export type Rejected = z.infer<typeof Rejected>;

export const Integration = z
  .object({
    id: z.string(),
    type: z.enum(INTEGRATION_TYPES),
    /** The source of its alerts. It stays when the name changes. */
    source: z.string(),
    name: z.string(),
    service: z.nullable(z.string()),
    team: z.nullable(z.string()),
    defaultSeverity: Severity,
    severities: z.record(z.string(), Severity),
    eventsPerMinute: z.int(),
    autoResolveMinutes: z.optional(z.int()),
    accounts: z.optional(z.array(z.string())),
    configurationAccess: z.optional(z.boolean()),
    mapping: z.optional(Mapping),
    enabled: z.boolean(),
    keys: z.array(KeyView),
    /** Counted by each container and written once a minute, so the latest events may be missing. */
    lastEventAt: z.nullable(Instant),
    accepted: z.int(),
    rejected: z.int(),
    /** The latest that were refused, newest first. */
    rejectedSamples: z.array(Rejected),
    version: z.int(),
    createdAt: Instant,
    changedAt: Instant,
    changedBy: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  })
  .register(z.globalRegistry, { id: 'Integration' });
export type Integration = z.infer<typeof Integration>;

/** A new key. Only this answer shows it. */
export const IntegrationWithKey = z
  .extend(Integration, { key: z.string() })
  .register(z.globalRegistry, { id: 'IntegrationWithKey' });
export type IntegrationWithKey = z.infer<typeof IntegrationWithKey>;

export interface StoredKey {
  readonly hash: string;
  readonly hint: string;
  readonly createdAt: string;
  readonly validUntil: string | null;
}

/** An integration as the table stores it. A deleted one stays as a tombstone, which carries the event. */
export interface StoredIntegration extends Omit<CreateIntegration, 'type'> {
  readonly id: string;
  readonly type: CreateIntegration['type'];
  readonly source: string;
  readonly keys: readonly StoredKey[];
  readonly version: number;
  readonly deleted: boolean;
  readonly createdAt: string;
  readonly changedAt: string;
  readonly changedBy: AuditActor;
  readonly event: AuditEvent;
}

/** What containers counted of an integration. */
export interface Seen {
  readonly lastEventAt?: string;
  readonly accepted?: number;
  readonly rejected?: number;
  readonly samples?: readonly Rejected[];
}

/** The mapping of an integration: its own, else that of its vendor. Undefined for a type that has none. */
export const mappingOf = ({ type, mapping }: Pick<StoredIntegration, 'type' | 'mapping'>): Mapping | undefined =>
  mapping ?? own<Preset>(PRESETS, type)?.mapping;

/** Refuses with `integration.mapping` a webhook without a mapping, and a mapping of a type that has a form of its own. */
export const assertMapping = (type: IntegrationType, mapping: Mapping | undefined): void => {
  const takesOne = type === 'webhook' || Object.hasOwn(PRESETS, type);
  if (mapping && !takesOne)
    throw invalid('integration.mapping', `An integration of type ${type} takes no mapping.`, {
      errors: [{ pointer: '/mapping', detail: 'must be left out' }],
    });
  if (!mapping && type === 'webhook')
    throw invalid(
      'integration.mapping',
      'A webhook needs a mapping. POST /api/integrations/try tries one on a message.',
      {
        errors: [{ pointer: '/mapping', detail: 'is missing' }],
      },
    );
};

export const noSuchIntegration = () => notFound('integration.not_found', 'There is no integration with this id.');

/** The refusal of a change that follows another version than the present one. */
export const overtaken = (present: StoredIntegration) =>
  conflict(
    'integration.changed',
    `${present.changedBy.name} changed the integration at ${present.changedAt}. It is at version ${present.version} now. Read it again and repeat the change.`,
  );

/** Keys that are accepted, or will be missed by nobody yet. */
export const validKeys = (keys: readonly StoredKey[], at: Date): StoredKey[] =>
  keys.filter(({ validUntil }) => validUntil === null || validUntil > at.toISOString());

export const integrationView = (integration: StoredIntegration, seen: Seen | undefined, at: Date): Integration => ({
  id: integration.id,
  type: integration.type,
  source: integration.source,
  name: integration.name,
  service: integration.service,
  team: integration.team,
  defaultSeverity: integration.defaultSeverity,
  severities: integration.severities,
  eventsPerMinute: integration.eventsPerMinute,
  ...(integration.autoResolveMinutes !== undefined && { autoResolveMinutes: integration.autoResolveMinutes }),
  ...(integration.accounts && { accounts: integration.accounts }),
  ...(integration.configurationAccess !== undefined && { configurationAccess: integration.configurationAccess }),
  ...(integration.mapping && { mapping: integration.mapping }),
  enabled: integration.enabled,
  keys: validKeys(integration.keys, at).map(({ hint, createdAt, validUntil }) => ({ hint, createdAt, validUntil })),
  lastEventAt: seen?.lastEventAt ?? null,
  accepted: seen?.accepted ?? 0,
  rejected: seen?.rejected ?? 0,
  rejectedSamples: [...(seen?.samples ?? [])],
  version: integration.version,
  createdAt: integration.createdAt,
  changedAt: integration.changedAt,
  changedBy: integration.changedBy,
});
