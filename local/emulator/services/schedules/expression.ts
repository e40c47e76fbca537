const MINUTE_MS = 60_000;
const UNIT_MS = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: 1440 * MINUTE_MS } as const;
const YEARS_AHEAD_MS = 366 * 4 * UNIT_MS.day;

/**
 * When a schedule of EventBridge is due next, after an instant; undefined when never. `rate(…)` counts from the epoch,
 * so that runs of the process agree; `cron(minutes hours day-of-month month day-of-week year)` and `at(…)` are in UTC.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export function nextRun(expression: string, afterMs: number): number | undefined {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) {
    const everyMs = Number(rate[1]) * UNIT_MS[rate[2] as keyof typeof UNIT_MS];
    return (Math.floor(afterMs / everyMs) + 1) * everyMs;
  }
  const once = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(expression);
  if (once) {
    const at = Date.parse(`${once[1]}Z`);
    return at > afterMs ? at : undefined;
  }
  const cron = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/.exec(expression);
  if (!cron) throw new Error(`The schedule ${expression} is not understood; use rate(…), cron(…) or at(…)`);
  return nextCron(cron.slice(1), afterMs);
}

function nextCron(fields: readonly string[], afterMs: number): number | undefined {
  const [minutes = '', hours = '', days = '', months = '', weekdays = '', years = ''] = fields;
  const matches = {
    minute: matcher(minutes, 0, 59),
    hour: matcher(hours, 0, 23),
    day: matcher(days, 1, 31),
    month: matcher(months, 1, 12, MONTHS),
    weekday: matcher(weekdays, 1, 7, WEEKDAYS),
    year: matcher(years, 1970, 2199),
  };
  let at = (Math.floor(afterMs / MINUTE_MS) + 1) * MINUTE_MS;
  for (const end = afterMs + YEARS_AHEAD_MS; at <= end;) {
    const date = new Date(at);
    const isDay =
      matches.year(date.getUTCFullYear()) &&
      matches.month(date.getUTCMonth() + 1) &&
      matches.day(date.getUTCDate()) &&
      matches.weekday(date.getUTCDay() + 1);
    if (!isDay) at = (Math.floor(at / UNIT_MS.day) + 1) * UNIT_MS.day;
    else if (!matches.hour(date.getUTCHours())) at = (Math.floor(at / UNIT_MS.hour) + 1) * UNIT_MS.hour;
    else if (!matches.minute(date.getUTCMinutes())) at += MINUTE_MS;
    else return at;
  }
  return undefined;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

function matcher(field: string, least: number, most: number, names: readonly string[] = []): (n: number) => boolean {
  if (field === '*' || field === '?') return () => true;
  const valueOf = (text: string): number => {
    const named = names.indexOf(text.toUpperCase());
    const value = named >= 0 ? named + least : Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new Error(`${field} is not part of a schedule`);
    return value;
  };
  const parts = field.split(',').map((part) => {
    const [range = '', step] = part.split('/');
    const [from, to] = range === '*' ? [least, most] : range.split('-').map(valueOf);
    const first = from ?? least;
    const last = to ?? (step === undefined ? first : most);
    return (n: number) => n >= first && n <= last && (n - first) % Number(step ?? 1) === 0;
  });
  return (n) => parts.some((part) => part(n));
}
