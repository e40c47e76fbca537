/** A statement of an identity-based policy, read for evaluation. */
export interface Statement {
  readonly isDeny: boolean;
  readonly isForAction: (action: string) => boolean;
  readonly isForResource: (resource: string) => boolean;
  readonly holds: (context: Context) => boolean;
}

/** Values of condition keys such as `dynamodb:LeadingKeys`; a key that a request does not have is absent. */
export type Context = Readonly<Record<string, readonly string[] | undefined>>;

/** One thing that a request wants to do. */
export interface Ask {
  /** For example `dynamodb:GetItem`. */
  readonly action: string;
  /** An ARN, or what the service has instead: a phone number, `*`. */
  readonly resource: string;
  readonly context?: Context;
}

/**
 * Whether identity-based policies allow something: a statement does, and none denies it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function allows(statements: readonly Statement[], { action, resource, context = {} }: Ask): boolean {
  const matching = statements.filter(
    (each) => each.isForAction(action) && each.isForResource(resource) && each.holds(context),
  );
  return matching.length > 0 && matching.every(({ isDeny }) => !isDeny);
}

/** Statements of a policy document whose intrinsic functions are resolved. Throws for what it cannot evaluate. */
export function readStatements(document: unknown): Statement[] {
  const { Statement: statements } = document as { readonly Statement: unknown };
  return listOf(statements).map((each) => {
    const declared = each as Readonly<Record<string, unknown>>;
    return {
      isDeny: declared['Effect'] === 'Deny',
      isForAction: matcher(declared, 'Action', (value) => value.toLowerCase()),
      isForResource: matcher(declared, 'Resource', (value) => value),
      holds: conditionOf((declared['Condition'] ?? {}) as Record<string, Record<string, unknown>>),
    };
  });
}

function matcher(
  statement: Readonly<Record<string, unknown>>,
  element: 'Action' | 'Resource',
  normal: (value: string) => string,
): (value: string) => boolean {
  const [wanted, unwanted] = [statement[element], statement[`Not${element}`]];
  const patterns = listOf(wanted ?? unwanted).map((each) => like(normal(String(each))));
  return (value) => patterns.some((matches) => matches(normal(value))) === (wanted !== undefined);
}

type Test = (values: readonly string[] | undefined) => boolean;

function conditionOf(conditions: Readonly<Record<string, Record<string, unknown>>>): (context: Context) => boolean {
  const tests = Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => [key, testOf(operator, listOf(wanted).map(String))] as const),
  );
  return (context) => tests.every(([key, test]) => test(context[key]));
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
function testOf(operator: string, wanted: readonly string[]): Test {
  const [, quantifier, name = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  if (name === 'Null') return (values) => wanted.includes(String(values === undefined || values.length === 0));
  // What a request does not have is not equal to anything.
  if (name === 'StringNotEquals') return (values) => (values ?? []).every((value) => !wanted.includes(value));
  const equals = operators[name];
  if (!equals) throw new Error(`The local run does not know the condition operator ${operator}`);
  const patterns = wanted.map(equals);
  const isWanted = (value: string): boolean => patterns.some((matches) => matches(value));
  if (quantifier === 'ForAllValues') return (values) => (values ?? []).every(isWanted);
  return (values) => (values === undefined ? ifExists !== undefined : values.some(isWanted));
}

const operators: Readonly<Record<string, (wanted: string) => (value: string) => boolean>> = {
  StringEquals: (wanted) => (value) => value === wanted,
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
};

// Actions and resources and `Like` know `*` and `?`, and nothing else.
function like(pattern: string): (value: string) => boolean {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const regExp = new RegExp(`^${expression}$`, 's');
  return (value) => regExp.test(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}
