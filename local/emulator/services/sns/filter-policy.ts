import { isRecord, matchesField } from '../core/event-pattern.ts';
import type { MessageAttributes } from '../sqs/message.ts';

export type FilterPolicy = Readonly<Record<string, unknown>>;

/**
 * Whether a subscription wants a message, by its attributes or its body.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 */
export function accepts(
  policy: FilterPolicy,
  scope: 'MessageAttributes' | 'MessageBody',
  message: { readonly body: string; readonly attributes: MessageAttributes },
): boolean {
  if (scope === 'MessageAttributes') return matches(policy, valuesOf(message.attributes));
  let body: unknown;
  try {
    body = JSON.parse(message.body);
  } catch {
    return false;
  }
  return isRecord(body) && matches(policy, body);
}

function matches(policy: FilterPolicy, subject: unknown): boolean {
  return Object.entries(policy).every(([key, conditions]) => {
    if (key === '$or' && Array.isArray(conditions) && conditions.every(isRecord)) {
      return conditions.some((alternative) => matches(alternative, subject));
    }
    // An array of objects in the body is met when one of them is.
    const candidates = Array.isArray(subject) ? subject : [subject];
    return candidates.some((candidate) => {
      const value = isRecord(candidate) ? candidate[key] : undefined;
      return Array.isArray(conditions)
        ? matchesField(conditions, flatten(value))
        : isRecord(conditions) && matches(conditions, value ?? {});
    });
  });
}

// SNS looks through arrays within arrays.
function flatten(value: unknown): unknown {
  return Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : value;
}

// A Number is compared as a number, a String.Array by its elements, a Binary not at all.
function valuesOf(attributes: MessageAttributes): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, { DataType, StringValue }] of Object.entries(attributes)) {
    const type = DataType.split('.')[0];
    if (StringValue === undefined) continue;
    if (DataType === 'String.Array') values[name] = parseArray(StringValue);
    else values[name] = type === 'Number' ? Number(StringValue) : StringValue;
  }
  return values;
}

function parseArray(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
