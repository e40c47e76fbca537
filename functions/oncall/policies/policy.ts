import * as z from 'zod/mini';
import { Hours, isWithin } from '../../../shared/calendar/hours.ts';
import type { AuditActor, AuditEvent } from '../../../shared/kernel/audit-event.ts';
import { UserId } from '../../../shared/kernel/user-id.ts';
import { ContactId } from '../../../shared/contacts/contact.ts';
import { invalid, notFound } from '../../../shared/kernel/errors.ts';

/** The policy of every alert for which nothing else says one. */
export const DEFAULT_POLICY = 'default';

export const POLICY_ID = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export const noSuchPolicy = () => notFound('policy.not_found', 'There is no escalation policy with this id.');

/** The refusal to make a policy under a text that cannot be an id. */
export const wrongPolicyId = () =>
  invalid('policy.id', 'An id of a policy is lower-case letters, digits, hyphens and underscores, at most 63.', {
    errors: [
      { pointer: 'path/id', detail: 'must be lower-case letters, digits, hyphens and underscores, such as `default`' },
    ],
  });

/** A user, the users on call by a schedule when the step is reached, the responders of a team, or a shared contact. */
export const Target = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('user'),
      id: UserId,
    }),
    z.strictObject({
      type: z.literal('schedule'),
      id: z.string().check(z.regex(/^sch_[0-9a-z_]{1,60}$/, 'must be the id of a schedule')),
    }),
    z.strictObject({
      type: z.literal('team'),
      id: z.string().check(z.regex(/^team_[0-9a-z_]{1,60}$/, 'must be the id of a team')),
    }),
    /** A topic or webhook that belongs to no user. */
    z.strictObject({
      type: z.literal('contact'),
      id: ContactId,
    }),
  ])
  .register(z.globalRegistry, { id: 'PolicyTarget' });
export type Target = z.infer<typeof Target>;

export const Step = z
  .strictObject({
    targets: z.array(Target).check(
      z.minLength(1),
      z.maxLength(10),
      z.refine((targets) => new Set(targets.map(({ id }) => id)).size === targets.length, 'each target once'),
    ),
    /** Whether all targets are paged at once, as without it, or each time the next of them who can be reached. */
    assignment: z.optional(z.enum(['everyone', 'round_robin'])),
    /** The only hours at which the step counts; without them it always does. */
    hours: z.optional(Hours),
    /** How long these may take to answer before the next step is reached. */
    escalateAfterMinutes: z.int().check(z.gte(1), z.lte(1_440)),
  })
  .register(z.globalRegistry, { id: 'PolicyStep' });
export type Step = z.infer<typeof Step>;

/**
 * Whether a step of a policy counts at an instant. Where none of them would, all do: there is no hour at which a policy pages
 * nobody.
 */
export const counts = (step: Step, steps: readonly Step[], at: Date): boolean =>
  isOpen(step, at) || !steps.some((each) => isOpen(each, at));

const isOpen = ({ hours }: Step, at: Date): boolean => hours === undefined || isWithin(hours, at);

/** The targets of a step in the order of a turn, of which there are as many as targets, over and over. */
export const inTurn = ({ targets }: Step, turn: number): readonly Target[] => {
  const first = turn % targets.length;
  return [...targets.slice(first), ...targets.slice(0, first)];
};

const rules = {
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(128)),
  steps: z.array(Step).check(z.minLength(1), z.maxLength(10)),
  /** How often all steps are gone through again. */
  repeat: z.int().check(z.gte(0), z.lte(9)),
  /** How long an acknowledgement lasts before all begins again; null for as long as the alert does. */
  acknowledgementTimeoutMinutes: z._default(z.nullable(z.int().check(z.gte(1), z.lte(10_080))), null),
};

export const CreatePolicy = z.strictObject(rules).register(z.globalRegistry, { id: 'CreatePolicy' });
export type CreatePolicy = z.infer<typeof CreatePolicy>;

/** The whole of a policy, and the version that it follows: 0 where there is none yet. */
export const SavePolicy = z
  .strictObject({ ...rules, version: z.int().check(z.gte(0)) })
  .register(z.globalRegistry, { id: 'SavePolicy' });
export type SavePolicy = z.infer<typeof SavePolicy>;

export const Policy = z
  .object({
    id: z.string(),
    version: z.int(),
    changedAt: z.iso.datetime(),
    changedBy: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
    ...rules,
  })
  .register(z.globalRegistry, { id: 'Policy' });
export type Policy = z.infer<typeof Policy>;

/** A policy as it is stored. A deleted one stays, so that versions are never used twice. */
export interface StoredPolicy extends Omit<Policy, 'changedBy'> {
  readonly changedBy: AuditActor;
  readonly deleted: boolean;
  readonly event: AuditEvent;
}

export const policyView = ({
  id,
  version,
  changedAt,
  changedBy,
  name,
  steps,
  repeat,
  acknowledgementTimeoutMinutes = null,
}: StoredPolicy): Policy => ({
  id,
  version,
  changedAt,
  changedBy,
  name,
  steps,
  repeat,
  acknowledgementTimeoutMinutes,
});
