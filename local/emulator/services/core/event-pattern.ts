/**
 * Event patterns as Lambda's event filtering and EventBridge read them.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export type EventPattern = { readonly [key: string]: EventPattern | readonly unknown[] };

/** True when every field of the pattern is met; an array in the event is met when one of its elements is. */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([key, expected]) => {
    if (key === '$or' && Array.isArray(expected)) {
      return expected.some((alternative) => matchesPattern(alternative as EventPattern, event));
    }
    const candidates = Array.isArray(event) ? event : [event];
    return candidates.some((candidate) => {
      const value = isRecord(candidate) ? candidate[key] : undefined;
      return Array.isArray(expected)
        ? matchesField(expected, value)
        : matchesPattern(expected as EventPattern, value ?? {});
    });
  });
}

/** True when one of the conditions holds for the value; undefined stands for a field that is not there. */
export function matchesField(conditions: readonly unknown[], value: unknown): boolean {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return conditions.some((condition) => {
    if (isRecord(condition) && 'exists' in condition) {
      const present = value !== undefined && !isRecord(value);
      return condition['exists'] === present;
    }
    // What must not be there holds for an array only when no element is it.
    if (isRecord(condition) && 'anything-but' in condition) {
      return value !== undefined && values.every((each) => matchesCondition(condition, each));
    }
    return values.some((each) => matchesCondition(condition, each));
  });
}

function matchesCondition(condition: unknown, value: unknown): boolean {
  if (value === undefined) return false;
  if (!isRecord(condition)) return condition === value;
  return Object.entries(condition).every(([operator, operand]) => {
    switch (operator) {
      case 'prefix':
        return compareText(operand, value, (text, part) => text.startsWith(part));
      case 'suffix':
        return compareText(operand, value, (text, part) => text.endsWith(part));
      case 'equals-ignore-case':
        return typeof value === 'string' && value.toLowerCase() === String(operand).toLowerCase();
      case 'wildcard':
        return typeof value === 'string' && wildcard(String(operand)).test(value);
      case 'cidr':
        return typeof value === 'string' && inCidr(value, String(operand));
      case 'numeric':
        return typeof value === 'number' && inRange(operand as readonly unknown[], value);
      case 'anything-but':
        return isNone(operand, value);
      default:
        return false;
    }
  });
}

function isNone(operand: unknown, value: unknown): boolean {
  if (Array.isArray(operand)) return operand.every((each) => each !== value);
  if (!isRecord(operand)) return operand !== value;
  return Object.entries(operand).every(([operator, inner]) =>
    (Array.isArray(inner) && operator !== 'numeric' ? inner : [inner]).every(
      (each) => !matchesCondition({ [operator]: each }, value),
    ),
  );
}

function compareText(operand: unknown, value: unknown, holds: (text: string, part: string) => boolean): boolean {
  if (typeof value !== 'string') return false;
  if (isRecord(operand) && 'equals-ignore-case' in operand) {
    return holds(value.toLowerCase(), String(operand['equals-ignore-case']).toLowerCase());
  }
  return holds(value, String(operand));
}

function inRange(range: readonly unknown[], value: number): boolean {
  for (let index = 0; index + 1 < range.length; index += 2) {
    const bound = Number(range[index + 1]);
    const holds =
      range[index] === '='
        ? value === bound
        : range[index] === '<'
          ? value < bound
          : range[index] === '<='
            ? value <= bound
            : range[index] === '>'
              ? value > bound
              : range[index] === '>=' && value >= bound;
    if (!holds) return false;
  }
  return true;
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

function inCidr(address: string, cidr: string): boolean {
  const [network = '', bits = '32'] = cidr.split('/');
  const left = ipv4(address);
  const right = ipv4(network);
  if (left === undefined || right === undefined) return false;
  const shift = 2 ** (32 - Number(bits));
  return Math.floor(left / shift) === Math.floor(right / shift);
}

function ipv4(text: string): number | undefined {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
