import * as z from 'zod/mini';
import { noSuchSchedule, type ScheduleDeps } from './get.ts';
import { AddOverride, type Wish } from './override.ts';
import { render } from './render.ts';
import { CreateSchedule } from './schedule.ts';
import { rendered, type Rendered } from './list-shifts.ts';
import { DAY_MS } from '../../../shared/calendar/wall-clock.ts';

/** A change that is not made: other layers, another zone, further overrides. */
export const PreviewSchedule = z
  .strictObject({
    timeZone: z.optional(CreateSchedule.shape.timeZone),
    layers: z.optional(CreateSchedule.shape.layers),
    overrides: z._default(z.array(AddOverride).check(z.maxLength(50)), []),
  })
  .register(z.globalRegistry, { id: 'PreviewSchedule' });
export type PreviewSchedule = z.infer<typeof PreviewSchedule>;

export const Difference = z
  .object({
    from: z.string(),
    to: z.string(),
    before: z.readonly(z.array(z.string())),
    after: z.readonly(z.array(z.string())),
  })
  .register(z.globalRegistry, { id: 'ScheduleDifference' });
export type Difference = z.infer<typeof Difference>;

export interface Preview {
  readonly from: string;
  readonly to: string;
  readonly before: Rendered;
  readonly after: Rendered;
  readonly changes: Difference[];
}

const DAYS = 14;

/** Computes who would be paged over the next 14 days before and after a change, and where both differ. Changes nothing. */
export const previewSchedule = async (
  { store, clock }: ScheduleDeps,
  { id, ...draft }: PreviewSchedule & { readonly id: string },
): Promise<Preview> => {
  const from = Math.floor(clock.now().getTime() / 1000) * 1000;
  const span = { from, to: from + DAYS * DAY_MS };
  const [schedule, overrides] = await Promise.all([store.byId(id), store.overrides(id, from)]);
  if (!schedule) throw noSuchSchedule();
  const after = { timeZone: draft.timeZone ?? schedule.timeZone, layers: draft.layers ?? schedule.layers };
  // Made after all that are there.
  const drafted: Wish[] = draft.overrides.map((override, i) => ({
    ...override,
    id: `draft ${i}`,
    made: Number.MAX_SAFE_INTEGER - draft.overrides.length + i,
  }));
  const [old, next] = [render(schedule, overrides, span), render(after, [...overrides, ...drafted], span)];
  return {
    from: new Date(span.from).toISOString(),
    to: new Date(span.to).toISOString(),
    before: rendered(schedule, overrides, span),
    after: rendered(after, [...overrides, ...drafted], span),
    changes: differences(old, next),
  };
};

type Shifts = ReturnType<typeof render>;

/** Where two renderings of one span differ; order does not count. */
const differences = (old: Shifts, next: Shifts): Difference[] => {
  const found: Difference[] = [];
  for (const before of old) {
    for (const after of next) {
      const [from, to] = [Math.max(before.from, after.from), Math.min(before.to, after.to)];
      if (from >= to || [...before.users].sort().join() === [...after.users].sort().join()) continue;
      const [begin, end] = [new Date(from).toISOString(), new Date(to).toISOString()];
      found.push({ from: begin, to: end, before: before.users, after: after.users });
    }
  }
  return found;
};
