import type { SlaReport } from './report.ts';

type Cell = string | number | boolean | null;

/** The columns, in order. Times are RFC 3339 UTC, durations seconds. */
const COLUMNS: Readonly<Record<string, (report: SlaReport) => Cell>> = {
  service: ({ service }) => service,
  monitor: ({ monitor }) => monitor,
  from: ({ from }) => from,
  to: ({ to }) => to,
  complete: ({ complete }) => complete,
  target_uptime_percent: ({ target }) => target.uptimePercent,
  uptime_percent: ({ uptimePercent }) => uptimePercent,
  met: ({ met }) => met,
  up_seconds: ({ seconds }) => seconds.up,
  down_seconds: ({ seconds }) => seconds.down,
  maintenance_seconds: ({ seconds }) => seconds.maintenance,
  gap_seconds: ({ seconds }) => seconds.gap,
  unobserved_seconds: ({ seconds }) => seconds.unobserved,
  error_budget_allowed_seconds: ({ errorBudget }) => errorBudget.allowedSeconds,
  error_budget_remaining_seconds: ({ errorBudget }) => errorBudget.remainingSeconds,
  burn_rate: ({ errorBudget }) => errorBudget.burnRate,
  outages: ({ outages }) => outages.count,
  longest_outage_seconds: ({ outages }) => outages.longestSeconds,
  target_response_time_ms: ({ target }) => target.responseTimeMs,
  average_response_time_ms: ({ responseTime }) => responseTime.averageMs,
  p95_response_time_ms: ({ responseTime }) => responseTime.p95Ms,
  response_time_met: ({ responseTime }) => responseTime.met,
};

/** A spreadsheet takes a text that begins so for a formula: https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

const written = (cell: Cell): string => {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell);
  const harmless = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
};

/** Reports as RFC 4180 has it, with a header line; what is not known is empty. */
export const csvOf = (reports: readonly SlaReport[]): string =>
  [Object.keys(COLUMNS), ...reports.map((report) => Object.values(COLUMNS).map((column) => written(column(report))))]
    .map((cells) => `${cells.join(',')}\r\n`)
    .join('');
