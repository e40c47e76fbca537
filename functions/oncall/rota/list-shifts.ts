import * as z from 'zod/mini';
import { invalid } from '../../../shared/kernel/errors.ts';
import { fairnessOf, gapsIn, Load, loadsIn } from './coverage.ts';
import { noSuchSchedule, type ScheduleDeps } from './get.ts';
import type { Interval } from '../../../shared/calendar/interval.ts';
import type { Wish } from './override.ts';
import { render, type Rota, type Shift } from './render.ts';
import { DAY_MS } from '../../../shared/calendar/wall-clock.ts';

const Span = z.object({ from: z.string(), to: z.string() });
export const ShiftView = z.object({ from: z.string(), to: z.string(), users: z.readonly(z.array(z.string())) });
export type ShiftView = z.infer<typeof ShiftView>;

/** The shifts of a schedule, its gaps, and the hours of each user. */
export const Rendered = z
  .object({
    shifts: z.array(ShiftView),
    gaps: z.array(Span),
    load: z.array(Load),
    /** How evenly hours are shared: 1 for equal hours; null if nobody is on call. */
    fairness: z.nullable(z.number()),
  })
  .register(z.globalRegistry, { id: 'RenderedSchedule' });
export type Rendered = z.infer<typeof Rendered>;

/** The longest span of a query. */
const MOST_DAYS = 92;
const USUAL_DAYS = 14;

const told = (at: number): string => new Date(at).toISOString();

const shiftView = ({ from, to, users }: Shift): ShiftView => ({ from: told(from), to: told(to), users });

export const rendered = (rota: Rota, overrides: readonly Wish[], span: Interval): Rendered => {
  const shifts = render(rota, overrides, span);
  const load = loadsIn(shifts, rota.timeZone);
  return {
    shifts: shifts.filter(({ users }) => users.length > 0).map(shiftView),
    gaps: gapsIn(shifts).map(({ from, to }) => ({ from: told(from), to: told(to) })),
    load,
    fairness: fairnessOf(load),
  };
};

/** The span of a query: from now, and for two weeks, where nothing is said. Throws where it is none, or too long. */
const spanOf = (
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: Date,
): Interval => {
  const from = query.from === undefined ? Math.floor(now.getTime() / 1000) * 1000 : Date.parse(query.from);
  const to = query.to === undefined ? from + USUAL_DAYS * DAY_MS : Date.parse(query.to);
  if (from < to && to - from <= MOST_DAYS * DAY_MS) return { from, to };
  throw invalid('span.invalid', `Give a from that is before to, and at most ${MOST_DAYS} days before it.`, {
    errors: [{ pointer: 'query/to', detail: `must be after from, by at most ${MOST_DAYS} days` }],
  });
};

/** Lists the shifts of a span by the present schedule. */
export const listShifts = async (
  { store, clock }: ScheduleDeps,
  { id, ...query }: { readonly id: string; readonly from?: string | undefined; readonly to?: string | undefined },
): Promise<Rendered & { readonly from: string; readonly to: string; readonly timeZone: string }> => {
  const span = spanOf(query, clock.now());
  const [schedule, overrides] = await Promise.all([store.byId(id), store.overrides(id, span.from)]);
  if (!schedule) throw noSuchSchedule();
  return {
    from: told(span.from),
    to: told(span.to),
    timeZone: schedule.timeZone,
    ...rendered(schedule, overrides, span),
  };
};
