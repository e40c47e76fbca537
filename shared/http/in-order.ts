import type { $ZodType } from 'zod/v4/core';

/** The parts of a schema that decide about the order of keys. */
interface Def {
  readonly type: string;
  readonly shape?: Readonly<Record<string, $ZodType>>;
  readonly element?: $ZodType;
  readonly innerType?: $ZodType;
  readonly valueType?: $ZodType;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/**
 * The same value with its keys in the order of the schema, at every depth, and keys that the schema lacks behind them. A table
 * gives the keys of a map in any order, and people compare two answers line by line.
 */
export const inOrder = (schema: $ZodType | undefined, value: unknown): unknown => {
  if (!schema || typeof value !== 'object' || value === null) return value;
  const { type, shape, element, innerType, valueType } = schema._zod.def as unknown as Def;
  if (innerType) return inOrder(innerType, value);
  if (element && Array.isArray(value)) return value.map((item: unknown) => inOrder(element, item));
  if (!isObject(value)) return value;
  if (type === 'record') {
    return Object.fromEntries(
      Object.keys(value)
        .sort()
        .map((key) => [key, inOrder(valueType, value[key])]),
    );
  }
  if (!shape) return value;
  const known = Object.keys(shape).filter((key) => Object.hasOwn(value, key));
  const others = Object.keys(value).filter((key) => !Object.hasOwn(shape, key));
  return Object.fromEntries([
    ...known.map((key) => [key, inOrder(shape[key], value[key])]),
    ...others.map((key) => [key, value[key]]),
  ]);
};
