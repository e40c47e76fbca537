import type { Severity } from '../../alerts/port.ts';

/** Words in the labels `severity` and `priority`, by the severity that they mean. */
const WORDS: Readonly<Record<Severity, readonly string[]>> = {
  critical: ['critical', 'crit', 'page', 'fatal', 'emergency', 'emerg', 'disaster', 'alert', 'p1', 'sev0', 'sev1'],
  error: ['error', 'err', 'major', 'high', 'p2', 'sev2'],
  warning: ['warning', 'warn', 'minor', 'medium', 'moderate', 'average', 'p3', 'sev3'],
  info: ['info', 'informational', 'information', 'notice', 'low', 'debug', 'none', 'ok', 'p4', 'p5', 'sev4', 'sev5'],
};

const BY_WORD: ReadonlyMap<string, Severity> = new Map(
  (Object.keys(WORDS) as Severity[]).flatMap((severity) => WORDS[severity].map((word) => [word, severity])),
);

/**
 * The severity in labels: `severity`, else `priority`. It is `error` where they have none or an unknown one: somebody should see
 * the alert, and nobody should be woken by a spelling mistake.
 */
export const severityIn = (labels: Readonly<Record<string, string>>): Severity =>
  BY_WORD.get((labels['severity'] ?? labels['priority'] ?? '').trim().toLowerCase()) ?? 'error';
