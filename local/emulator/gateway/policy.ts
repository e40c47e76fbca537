/** The answer of a Lambda authorizer, as far as its form is that of a policy. */
export interface Policy {
  readonly Statement: Statement | readonly Statement[];
}

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

export type Verdict = 'allow' | 'explicit deny' | 'implicit deny';

/**
 * Compiles a policy once for the many requests that its cached copy answers. Deny wins; what no statement allows is
 * denied. `*` and `?` match as in IAM, across slashes too. Throws for something that is no policy.
 */
export function compilePolicy(policy: Policy): (methodArn: string) => Verdict {
  const statements = toList(policy.Statement);
  if (statements.length === 0) throw new TypeError('The policy has no statement');
  const allowed: ((arn: string) => boolean)[] = [];
  const denied: ((arn: string) => boolean)[] = [];
  for (const statement of statements) {
    if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') throw new TypeError('Effect is Allow or Deny');
    if (!toList(statement.Action).some((action) => wildcard(action, 'i').test('execute-api:Invoke'))) continue;
    const resources = toList(statement.Resource);
    if (resources.some((each) => typeof each !== 'string')) throw new TypeError('A resource is an ARN');
    const exact = new Set(resources.filter((each) => !/[*?]/.test(each)));
    const patterns = resources.filter((each) => /[*?]/.test(each)).map((each) => wildcard(each));
    (statement.Effect === 'Deny' ? denied : allowed).push(
      (arn) => exact.has(arn) || patterns.some((pattern) => pattern.test(arn)),
    );
  }
  return (arn) => {
    if (denied.some((matches) => matches(arn))) return 'explicit deny';
    return allowed.some((matches) => matches(arn)) ? 'allow' : 'implicit deny';
  };
}

function wildcard(pattern: string, flags = ''): RegExp {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll(/\*+/g, '.*').replaceAll('?', '.')}$`, `${flags}s`);
}

function toList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
