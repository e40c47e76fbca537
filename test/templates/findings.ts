/** What a scanner objects to, in one place of one template. */
export interface Finding {
  /** Of the scanner: `CKV_AWS_116`. */
  readonly rule: string;
  readonly template: string;
  readonly resource: string;
  readonly says: string;
}

/** Why findings of a rule stay, and in which resources: in all, if nothing is said. */
export interface Reason {
  readonly why: string;
  readonly where?: RegExp;
}

export type Reasons = Readonly<Record<string, Reason>>;

/** The findings for which there is no reason, and the reasons for which there is no finding any more. */
export const unexplained = (
  findings: readonly Finding[],
  reasons: Reasons,
): { readonly findings: readonly Finding[]; readonly needless: readonly string[] } => {
  const isExplained = ({ rule, resource }: Finding): boolean => {
    const reason = reasons[rule];
    return reason !== undefined && (reason.where?.test(resource) ?? true);
  };
  const needed = new Set(findings.filter(isExplained).map(({ rule }) => rule));
  return {
    findings: findings.filter((each) => !isExplained(each)),
    needless: Object.keys(reasons).filter((rule) => !needed.has(rule)),
  };
};

interface CheckovReport {
  readonly results?: {
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly check_name: string;
      readonly file_path: string;
      readonly resource: string;
    }[];
  };
  readonly summary?: { readonly parsing_errors: number };
}

/** What `checkov --output json` prints. Throws where it could not read a template. */
export const ofCheckov = (printed: string): readonly Finding[] => {
  const { results, summary } = JSON.parse(printed) as CheckovReport;
  if (!results || !summary) throw new Error('checkov has looked at nothing');
  if (summary.parsing_errors > 0) throw new Error(`checkov cannot read ${summary.parsing_errors} templates`);
  return results.failed_checks.map(({ check_id, check_name, file_path, resource }) => ({
    rule: check_id,
    template: nameOf(file_path),
    resource,
    says: check_name,
  }));
};

interface LintFinding {
  readonly Rule: { readonly Id: string };
  readonly Message: string;
  readonly Filename: string;
  readonly Location: { readonly Path: readonly (string | number)[] };
}

/** What `cfn-lint --format json` prints: a list, which is empty where it finds nothing. */
export const ofCfnLint = (printed: string): readonly Finding[] =>
  (JSON.parse(printed) as readonly LintFinding[]).map(({ Rule, Message, Filename, Location }) => ({
    rule: Rule.Id,
    template: nameOf(Filename),
    resource: Location.Path.slice(0, 2).join('/'),
    says: Message,
  }));

const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('/') + 1).replace(/\.(nested\.)?template\.json$/, '');
