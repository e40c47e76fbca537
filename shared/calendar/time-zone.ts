import * as z from 'zod/mini';

/** Whether a text names a zone of the tz database, such as `Europe/Berlin`. Offsets such as `+02:00` are none. */
export const isTimeZone = (text: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '' && !/^[+-]/.test(text);
  } catch {
    return false;
  }
};

export const TimeZone = z
  .string()
  .check(z.maxLength(64), z.refine(isTimeZone, 'must be a time zone such as Europe/Berlin'));
