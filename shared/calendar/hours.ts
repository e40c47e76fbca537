import * as z from 'zod/mini';
import { TimeZone } from './time-zone.ts';
import { Restriction, windowsIn } from './restriction.ts';

/** Times of the day or the week, by the clocks of a zone. */
export const Hours = z.strictObject({
  timeZone: TimeZone,
  windows: z.array(Restriction).check(z.minLength(1), z.maxLength(14)),
});
export type Hours = z.infer<typeof Hours>;

/** Whether an instant lies within the hours. */
export const isWithin = ({ timeZone, windows }: Hours, at: Date): boolean =>
  windowsIn(windows, timeZone, { from: at.getTime(), to: at.getTime() + 1 }).length > 0;
