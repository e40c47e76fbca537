import * as z from 'zod/mini';
import type { AuditActor } from '../../shared/kernel/audit-event.ts';
import { LabelName } from '../../shared/kernel/label-name.ts';

/** The name of a service, team, schedule or policy. */
export const Name = z.string().check(z.trim(), z.minLength(1), z.maxLength(128));

export const Description = z.string().check(z.maxLength(2_000));

const ID = /^[A-Za-z0-9_-]{1,64}$/;

export const Id = z.string().check(z.regex(ID, 'must be an id'));

/** False for a text that cannot be the id of anything: it need not be looked for. */
export const isId = (text: string): boolean => ID.test(text);

export const Labels = z
  .record(LabelName, z.string().check(z.maxLength(256)))
  .check(z.refine((labels) => Object.keys(labels).length <= 32, 'at most 32 labels'));

export const Link = z.string().check(
  z.maxLength(2_048),
  z.refine(
    (text) => /^https?:\/\//i.test(text) && URL.canParse(text),
    'must be a URL that begins with http:// or https://',
  ),
);

/** The version that a change follows; one that is not the present one is refused. */
export const Version = z.int().check(z.gte(1));

export const Severity = z.enum(['info', 'warning', 'error', 'critical']);
export type Severity = z.infer<typeof Severity>;

/** Whether it wakes somebody. */
export const Urgency = z.enum(['high', 'low']);
export type Urgency = z.infer<typeof Urgency>;

/** Fields of everything that people create and change in this context. */
export interface Kept {
  readonly id: string;
  readonly version: number;
  readonly createdAt: string;
  readonly changedAt: string;
  readonly changedBy: AuditActor;
}

/** The same, as clients see it. */
export const kept = {
  id: z.string(),
  version: z.int(),
  createdAt: z.string(),
  changedAt: z.string(),
  changedBy: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
};
