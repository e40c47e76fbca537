/** Something that is broken just now: a monitor that is down, or an instance of a rule that fires. */
export interface Broken {
  readonly kind: 'monitor' | 'rule';
  readonly id: string;
  readonly name: string;
  readonly service: string | null;
  readonly severity: 'info' | 'warning' | 'error' | 'critical';
  readonly since: string;
  readonly reason: string;
}

export const OVERALL = ['healthy', 'warning', 'critical'] as const;
export type Overall = (typeof OVERALL)[number];

const WEIGHT: Readonly<Record<Broken['severity'], Overall>> = {
  info: 'healthy',
  warning: 'warning',
  error: 'warning',
  critical: 'critical',
};

/** The status that follows from what is broken, and what makes it so, the worst and oldest first. */
export const overall = (
  broken: readonly Broken[],
): { readonly status: Overall; readonly reasons: readonly Broken[] } => {
  const weight = ({ severity }: Broken): number => OVERALL.indexOf(WEIGHT[severity]);
  const reasons = [...broken].sort((a, b) => weight(b) - weight(a) || (a.since < b.since ? -1 : 1));
  const [worst] = reasons;
  return { status: worst ? WEIGHT[worst.severity] : 'healthy', reasons };
};

/** Callers with one of these also get reasons, services and counts. */
export const DETAILS = { permission: 'monitoring.read', narrower: 'monitoring.health.read' } as const;

/** Services with a monitor that is down. */
export const brokenServicesIn = (broken: readonly Broken[]): string[] =>
  broken.flatMap(({ kind, service }) => (kind === 'monitor' && service !== null ? [service] : []));
