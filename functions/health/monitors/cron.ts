import { Cron } from 'croner';

/**
 * An expression as cron reads it: where either day field begins with `*`, such as a step, both must match; otherwise one is
 * enough. https://manpages.debian.org/bookworm/cron/crontab.5.en.html
 */
const cronOf = (expression: string, timeZone: string): Cron => {
  const [, , day = '', , weekday = ''] = expression.trim().split(/\s+/);
  const domAndDow = [day, weekday].some((field) => /^[*?]/.test(field));
  return new Cron(expression, { timezone: timeZone, paused: true, domAndDow });
};

/** Why an expression of five fields is no cron expression; undefined where it is one. */
export const cronProblem = (expression: string, timeZone: string): string | undefined => {
  if (expression.trim().split(/\s+/).length !== 5) return 'must have five fields: minute hour day month weekday';
  try {
    return cronOf(expression, timeZone).nextRun() === null ? 'must have a next time' : undefined;
  } catch (error) {
    return `is no cron expression: ${(error as Error).message}`;
  }
};

/**
 * The first instant after `after` at which the expression is due in its zone. What falls into an hour that is left
 * out when clocks go forward is due as that hour would end, and of an hour that comes twice only the first counts.
 */
export const nextDue = (expression: string, timeZone: string, after: Date): Date => {
  const next = cronOf(expression, timeZone).nextRun(after);
  if (!next) throw new Error(`${expression} is never due again`);
  return next;
};
