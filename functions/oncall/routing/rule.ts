import * as z from 'zod/mini';
import { Hours } from '../../../shared/calendar/hours.ts';
import type { AuditActor, AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { withLabelName } from '../../../shared/kernel/label-name.ts';
import { Noise } from './noise.ts';
import { Id, Name, Severity, Urgency } from '../vocabulary.ts';

/** A field of an event, or `labels.` or `annotations.` and a name. */
const Field = z
  .string()
  .check(
    z.regex(
      new RegExp(
        `^(title|description|severity|source|service|team|dedupKey|${withLabelName('(labels|annotations)\\.')})$`,
      ),
      'must be title, description, severity, source, service, team, dedupKey, labels.name or annotations.name',
    ),
  );

const Value = z.string().check(z.maxLength(1_024));

/**
 * `is`: one of the values. `like`: one of them, in which `*` stands for any text; case does not count. `exists`: it is
 * there at all. `not` turns each around.
 */
export const Condition = z
  .strictObject({
    field: Field,
    test: z.enum(['is', 'like', 'exists']),
    values: z._default(z.array(Value).check(z.maxLength(50)), []),
    not: z._default(z.boolean(), false),
  })
  .check(
    z.refine(({ test, values }) => (test === 'exists') === (values.length === 0), {
      path: ['values'],
      error: 'goes with is and like, not with exists',
    }),
  )
  .register(z.globalRegistry, { id: 'RoutingCondition' });
export type Condition = z.infer<typeof Condition>;

/** What rules say of an event. */
export const Said = z.strictObject({
  service: z.optional(Name),
  severity: z.optional(Severity),
  urgency: z.optional(Urgency),
  policyId: z.optional(Id),
});
export type Said = z.infer<typeof Said>;

export const RoutingRule = z
  .strictObject({
    name: Name,
    enabled: z._default(z.boolean(), true),
    /** All must hold; none always does. */
    conditions: z._default(z.array(Condition).check(z.maxLength(20)), []),
    /** The only hours at which the rule counts; none is always. */
    hours: z._default(z.nullable(Hours), null),
    /** What the rule says of the event, in place of what an earlier one said. */
    set: z._default(Said, {}),
    /** When people are paged for it; over what an earlier rule said, part by part. */
    noise: z.optional(Noise),
    /** The event is kept, and nobody is paged for it. */
    suppress: z._default(z.boolean(), false),
    /** The next rules are looked at, too. */
    continue: z._default(z.boolean(), false),
  })
  .register(z.globalRegistry, { id: 'RoutingRule' });
export type RoutingRule = z.infer<typeof RoutingRule>;

const definition = {
  /** In order: the first that holds decides, unless it says to continue. */
  rules: z.array(RoutingRule).check(z.maxLength(200)),
  /** Where everything goes for which neither a rule nor its service names a policy. */
  catchAll: z._default(z.strictObject({ policyId: Id }), { policyId: 'default' }),
};

/** The whole of it, and the version that it follows; 0 where there is none yet. */
export const SetRouting = z
  .strictObject({ version: z.int().check(z.gte(0)), ...definition })
  .register(z.globalRegistry, { id: 'SetRouting' });
export type SetRouting = z.infer<typeof SetRouting>;

export const Routing = z
  .object({
    version: z.int(),
    changedAt: z.nullable(z.string()),
    changedBy: z.nullable(z.object({ kind: z.string(), id: z.string(), name: z.string() })),
    rules: z.array(z.looseObject({ name: z.string() })),
    catchAll: z.object({ policyId: z.string() }),
  })
  .register(z.globalRegistry, { id: 'Routing' });
export type Routing = z.infer<typeof Routing>;

/** The rules as they are stored. */
export interface StoredRouting extends Omit<SetRouting, 'version'> {
  readonly version: number;
  readonly changedAt: string;
  readonly changedBy: AuditActor;
  readonly event: AuditEvent;
}

/** Where all goes while nobody has said anything. There need not be such a policy. */
export const DEFAULT_POLICY = 'default';

/** What holds before anybody has said anything: all goes to the catch-all. */
export const NO_ROUTING = { rules: [], catchAll: { policyId: DEFAULT_POLICY } } as const;

export const routingView = (stored: StoredRouting | undefined): Routing => {
  const { version, changedAt, changedBy, rules, catchAll } = stored ?? {
    version: 0,
    changedAt: null,
    changedBy: null,
    ...NO_ROUTING,
  };
  return { version, changedAt, changedBy, rules: [...rules], catchAll: { ...catchAll } };
};
