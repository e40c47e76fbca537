import * as z from 'zod/mini';
import { withLabelName } from '../../../shared/kernel/label-name.ts';

const Events = z.int().check(z.gte(2), z.lte(1_000));

/** A field of an alert by which alerts form a group. */
const GroupField = z
  .string()
  .check(
    z.regex(
      new RegExp(`^(title|severity|source|service|team|${withLabelName('labels\\.')})$`),
      'must be title, severity, source, service, team or labels.name',
    ),
  );

/**
 * When people are paged for the alerts of a routing rule. The alerts are stored and shown at once in any case. Each part that is
 * absent changes nothing.
 */
export const Noise = z
  .strictObject({
    /** A critical alert is paged at once, whatever the other parts say. */
    exceptCritical: z.optional(z.boolean()),
    /** Nobody is paged before so many events within so many minutes: the opening counts, and so does each repeat. */
    threshold: z.optional(z.strictObject({ events: Events, minutes: z.int().check(z.gte(1), z.lte(60)) })),
    /**
     * An alert that opens for the `openings`th time within `minutes` is paged only once it has been open for `stableMinutes`. The
     * first opening and a severity worse than any that was paged are paged at once.
     */
    flapping: z.optional(
      z.strictObject({
        openings: z.int().check(z.gte(2), z.lte(20)),
        minutes: z.int().check(z.gte(1), z.lte(1_440)),
        stableMinutes: z.int().check(z.gte(1), z.lte(240)),
      }),
    ),
    /**
     * Alerts with the same values of these fields are paged as one: `waitSeconds` after the first of them, and those that come later
     * every `intervalSeconds`.
     */
    group: z.optional(
      z.strictObject({
        by: z.array(GroupField).check(z.maxLength(10)),
        waitSeconds: z.int().check(z.gte(0), z.lte(3_600)),
        intervalSeconds: z.int().check(z.gte(10), z.lte(86_400)),
      }),
    ),
    /** After the last step of the policy people are paged again so often, until somebody acknowledges. */
    repeatMinutes: z.optional(z.int().check(z.gte(5), z.lte(1_440))),
  })
  .register(z.globalRegistry, { id: 'RoutingNoise' });
export type Noise = z.infer<typeof Noise>;

/** What settings say in the words of a trace. */
export const noiseSaid = ({ exceptCritical, threshold, flapping, group, repeatMinutes }: Noise): string[] => [
  ...(threshold ? [`pages after ${threshold.events} events in ${threshold.minutes} minutes`] : []),
  ...(flapping ? [`damps paging from ${flapping.openings} openings in ${flapping.minutes} minutes on`] : []),
  ...(group ? [`groups pages by ${group.by.join(', ') || 'the rule'}`] : []),
  ...(repeatMinutes === undefined ? [] : [`pages again every ${repeatMinutes} minutes`]),
  ...(exceptCritical === true ? ['except critical alerts'] : []),
];
