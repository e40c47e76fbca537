import { Cron } from 'croner';

/** Why an expression of five fields is no cron expression; undefined where it is one. */
export const cronProblem = (expression: string, timeZone: string): string | undefined => {
  if (expression.trim().split(/\s+/).length !== 5) return 'must have five fields: minute hour day month weekday';
  try {
    return new Cron(expression, { timezone: timeZone, paused: true }).nextRun() === null
      ? 'must have a next time'
      : undefined;
  } catch (error) {
    return `is no cron expression: ${(error as Error).message}`;
  }
};

/**
 * The first instant after `after` at which the expression is due in its zone. What falls into an hour that is left
 * out when clocks go forward is due as that hour would end, and of an hour that comes twice only the first counts.
 */
export const nextDue = (expression: string, timeZone: string, after: Date): Date => {
  const next = new Cron(expression, { timezone: timeZone, paused: true }).nextRun(after);
  if (!next) throw new Error(`${expression} is never due again`);
  return next;
};
