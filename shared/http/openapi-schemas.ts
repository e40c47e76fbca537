import * as z from 'zod/mini';
import type { $ZodDiscriminatedUnionDef, $ZodType } from 'zod/v4/core';

export type Schema = Record<string, unknown>;
type Io = 'input' | 'output';

const REF = '#/components/schemas/';
/** The attribute in which the schema library leaves the discriminator of a union. */
const DISCRIMINATOR = 'x-discriminator';

/**
 * The schemas of a document, each under its name. A schema has the name that stands beside it in the registry (`Alert`), or
 * that of the operation which alone uses it. What clients send and what they receive may differ by defaults and later fields:
 * the former is then `AlertInput`.
 */
export const schemaComponents = () => {
  const sent = new Map<string, Schema>();
  const answered = new Map<string, Schema>();

  /** A reference to a schema, or the schema itself where it is no object worth a name. */
  const use = (schema: $ZodType, io: Io, name: string): Schema => {
    const {
      $schema: _,
      definitions = {},
      ...root
    } = z.toJSONSchema(schema, {
      target: 'openapi-3.0',
      io,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        const def = zodSchema._zod.def as Partial<$ZodDiscriminatedUnionDef>;
        if (def.type === 'union' && def.discriminator) (jsonSchema as Schema)[DISCRIMINATOR] = def.discriminator;
      },
    }) as Schema & { readonly definitions?: Readonly<Record<string, Schema>> };
    const known = io === 'input' ? sent : answered;
    const add = (id: string, of: Schema): Schema => {
      known.set(id, of);
      return { $ref: REF + id };
    };
    for (const [id, { id: _id, ...of }] of Object.entries(definitions)) add(id, written(of, io, id, add) as Schema);
    const whole = written(root, io, name, add) as Schema;
    return whole['type'] === 'object' && whole['properties'] ? add(name, whole) : whole;
  };

  /** Names whose input form differs, in itself or in what it refers to. */
  const differing = (): ReadonlySet<string> => {
    const found = new Set<string>();
    for (let before = -1; before < found.size;) {
      before = found.size;
      for (const [id, of] of sent) {
        const answer = answered.get(id);
        const isOther = JSON.stringify(of) !== JSON.stringify(answer) || refsIn(of).some((ref) => found.has(ref));
        if (answer && isOther) found.add(id);
      }
    }
    return found;
  };

  /** A schema of a request with its references as `all` names them, once everything was used. */
  const asInput = <T>(of: T): T => {
    const others = differing();
    return withRefs(of, (id) => (others.has(id) ? `${id}Input` : id));
  };

  /** All that was used, by name. */
  const all = (): Readonly<Record<string, Schema>> => {
    const others = differing();
    const inputs = [...sent].map(([id, of]) => [others.has(id) ? `${id}Input` : id, asInput(of)] as const);
    return Object.fromEntries([...answered, ...inputs].sort(([a], [b]) => (a < b ? -1 : 1)));
  };

  return { use, all, asInput };
};

const refsIn = (of: Schema): string[] =>
  [...JSON.stringify(of).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, id = '']) => id);

const withRefs = <T>(value: T, nameOf: (id: string) => string): T => {
  if (Array.isArray(value)) return value.map((item: unknown) => withRefs(item, nameOf)) as T;
  if (typeof value !== 'object' || value === null) {
    return (typeof value === 'string' && value.startsWith(REF) ? REF + nameOf(value.slice(REF.length)) : value) as T;
  }
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, withRefs(of, nameOf)])) as T;
};

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `responders` in `Incident` gives `IncidentResponders`. */
const nameWithin = (parent: string, part: string): string =>
  parent +
  part
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** A schema of the library as OpenAPI 3.0 and the generators of clients understand it. */
const written = (value: unknown, io: Io, name: string, add: (id: string, of: Schema) => Schema): unknown => {
  if (Array.isArray(value)) return value.map((item) => written(item, io, name, add));
  if (!isObject(value)) return typeof value === 'string' ? value.replace(/^#\/definitions\//, REF) : value;
  const { [DISCRIMINATOR]: discriminator, ...rest } = value;
  const schema = Object.fromEntries(
    Object.entries(rest)
      .filter(([key, of]) => !isLeftOut(key, of, rest, io))
      .map(([key, of]) =>
        key === 'properties' && isObject(of)
          ? [
              key,
              Object.fromEntries(
                Object.entries(of).map(([at, it]) => [at, written(it, io, nameWithin(name, at), add)]),
              ),
            ]
          : [key, key === 'example' || key === 'enum' || key === 'required' ? of : written(of, io, name, add)],
      ),
  );
  const {
    enum: values,
    nullable,
    type,
  } = schema as {
    readonly enum?: readonly unknown[];
    readonly nullable?: boolean;
    readonly type?: unknown;
  };
  // Null stands among the values of an enum that may be null (proposal 2019-10-31, clarified nullable).
  if (nullable && values && !values.includes(null)) schema['enum'] = [...values, null];
  if (nullable && schema['allOf'] && type === undefined) schema['type'] = 'object';
  const [only, ...others] = (schema['allOf'] ?? []) as readonly Schema[];
  if (only && others.length === 0 && Object.keys(schema).length === 1) return only;
  if (type === 'number' && values?.every(Number.isInteger)) schema['type'] = 'integer';
  return typeof discriminator === 'string' ? withDiscriminator(schema, discriminator, name, add) : schema;
};

const isLeftOut = (key: string, of: unknown, schema: Schema, io: Io): boolean =>
  // Answers may gain fields later, so their schemas stay open.
  (key === 'additionalProperties' && of === false && io === 'output') ||
  // It would forbid the field in requests, which the library does not mean.
  (key === 'readOnly' && of === true) ||
  // The format says the same, and generators accept only one of the two.
  (key === 'pattern' && typeof of === 'string' && schema['format'] === 'date-time') ||
  // Generators know defaults of plain values only. An object that may be left out says so by not being required.
  (key === 'default' && typeof of === 'object');

/** Options get a name each, since a discriminator refers to them. */
const withDiscriminator = (
  schema: Schema,
  propertyName: string,
  name: string,
  add: (id: string, of: Schema) => Schema,
): Schema => {
  const options = (schema['oneOf'] ?? schema['anyOf']) as readonly Schema[];
  const named = options.map((option): readonly [values: readonly string[], ref: Schema] | undefined => {
    const property = (option['properties'] as Readonly<Record<string, Schema>> | undefined)?.[propertyName];
    const values = property?.['enum'] as readonly string[] | undefined;
    return values && [values, add(nameWithin(name, values.join(' ')), option)];
  });
  if (!named.every((each) => each !== undefined)) return schema;
  const { anyOf: _, ...rest } = schema;
  return {
    ...rest,
    oneOf: named.map(([, ref]) => ref),
    discriminator: {
      propertyName,
      mapping: Object.fromEntries(named.flatMap(([values, { $ref }]) => values.map((value) => [value, $ref]))),
    },
  };
};
