import * as z from 'zod/mini';
import { invalid } from '../../../shared/kernel/errors.ts';
import { own } from '../../../shared/kernel/own.ts';
import { INTEGRATION_TYPES } from '../resources/key.ts';
import { Severity } from '../vocabulary.ts';
import { applyMapping, wrongMessage, type Mapped } from './apply.ts';
import { Mapping } from './mapping.ts';
import { bodyOf } from './message.ts';
import { PRESETS, type Preset } from './presets.ts';

const MAX_SAMPLE_CHARS = 200_000;

/** A mapping, or a type whose mapping is tried, on a message as its vendor sends it. */
export const TryMapping = z
  .strictObject({
    type: z._default(z.enum(INTEGRATION_TYPES), 'webhook'),
    mapping: z.optional(Mapping),
    /** The body as text. */
    body: z.string().check(z.maxLength(MAX_SAMPLE_CHARS)),
    headers: z._default(z.record(z.string(), z.string()), {}),
    defaultSeverity: z._default(Severity, 'error'),
    severities: z._default(z.record(z.string(), Severity), {}),
  })
  .register(z.globalRegistry, { id: 'TryMapping' });
export type TryMapping = z.infer<typeof TryMapping>;

const Steps = z.readonly(z.array(z.object({ name: z.string(), value: z.nullable(z.string()) })));

/** What a mapping makes of one event. `event` is there where it triggers, `dedupKey` where it acknowledges or resolves. */
export const MappedView = z
  .object({
    action: z.enum(['trigger', 'acknowledge', 'resolve', 'ignore', 'reject']),
    event: z.optional(
      z.object({
        dedupKey: z.string(),
        title: z.string(),
        severity: Severity,
        description: z.string(),
        service: z.nullable(z.string()),
        team: z.nullable(z.string()),
        labels: z.record(z.string(), z.string()),
        annotations: z.record(z.string(), z.string()),
      }),
    ),
    dedupKey: z.optional(z.string()),
    why: z.optional(z.string()),
    steps: Steps,
  })
  .register(z.globalRegistry, { id: 'MappedEvent' });

/**
 * Runs a mapping on a message, and stores nothing. Answers what becomes of each of its events, and what each field and condition came
 * to. Throws `integration.mapping` where neither a mapping nor a type that has one is given.
 */
export const tryMapping = ({
  type,
  mapping,
  body,
  headers,
  ...words
}: TryMapping): { readonly events: readonly Mapped[] } => {
  const wanted = mapping ?? own<Preset>(PRESETS, type)?.mapping;
  if (!wanted)
    throw invalid('integration.mapping', `Give a mapping, or a type that has one: ${Object.keys(PRESETS).join(', ')}.`);
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const header = (name: string): string | undefined => lower.get(name);
  const message = bodyOf(body, header('content-type'));
  if (message === undefined) return { events: [wrongMessage('malformed', 'The body is neither JSON nor a form.')] };
  return { events: applyMapping(wanted, message, { header, words }) };
};
