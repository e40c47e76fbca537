import type { Severity } from './vocabulary.ts';

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

/** What the words of a sender mean, and what goes where it says none. */
export interface SeverityWords {
  readonly defaultSeverity: Severity;
  readonly severities: Readonly<Record<string, Severity>>;
}

const plain = (word: string): string => word.trim().toLowerCase();

/** The severity of a word, by what the integration says it means, else by what it means elsewhere. Undefined for an unknown one. */
export const severityOf = (word: string, words?: SeverityWords): Severity | undefined =>
  Object.entries(words?.severities ?? {}).find(([each]) => plain(each) === plain(word))?.[1] ??
  BY_WORD.get(plain(word));

/**
 * The severity in labels: `severity`, else `priority`. Where they have none or an unknown one it is the default of the integration,
 * else `error`: somebody should see the alert, and nobody should be woken by a spelling mistake.
 */
export const severityIn = (labels: Readonly<Record<string, string>>, words?: SeverityWords): Severity =>
  severityOf(labels['severity'] ?? labels['priority'] ?? '', words) ?? words?.defaultSeverity ?? 'error';
