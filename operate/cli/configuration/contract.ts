import type { Api } from '../api.ts';
import { canonical, isFields, isList, type Value } from './value.ts';

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly discriminator?: { readonly propertyName: string; readonly mapping: Readonly<Record<string, string>> };
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly default?: Value;
}

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** What fields mean when they are absent, where the contract does not say it: lists that are not empty by themselves. */
const LISTS: Readonly<Record<string, Value>> = {
  days: [1, 2, 3, 4, 5, 6, 7],
  expectedStatus: ['200-299'],
};

const usualList = (name: string, { maxItems }: Schema): Value | undefined =>
  // Rules of incidents group by the service; rules and panels of metrics by nothing.
  name === 'groupBy' && maxItems === 5 ? ['service'] : LISTS[name];

/**
 * The contract of an installation, by which its configuration is read: a field is part of the configuration where a request
 * may set it. So what a later version adds is exported and applied without a change here.
 */
export class Contract {
  readonly #document: OpenApi;

  constructor(document: OpenApi) {
    this.#document = document;
  }

  static async of(api: Api): Promise<Contract> {
    return new Contract(await api.call<OpenApi>('GET', '/api/openapi.json'));
  }

  /** The schema of a request's body; undefined where this version has no such request. */
  body(method: 'post' | 'put' | 'patch', path: string): Schema | undefined {
    return this.#document.paths[path]?.[method]?.requestBody?.content['application/json']?.schema;
  }

  /** The fields of objects of a schema, by name. */
  fields(schema: Schema | undefined, value?: Value): Readonly<Record<string, Schema>> {
    return this.#resolve(schema, value)?.properties ?? {};
  }

  /** A value with the fields that the schema has, without those that are as they would be if nobody named them. */
  compact(value: Value | undefined, schema: Schema | undefined): Value | undefined {
    if (isList(value)) {
      const { items } = this.#resolve(schema, value) ?? {};
      return value.map((each) => this.compact(each, items) ?? null);
    }
    if (!isFields(value)) return value;
    const resolved = this.#resolve(schema, value);
    if (!resolved?.properties) return value;
    const kept: Record<string, Value> = {};
    for (const [name, of] of Object.entries(resolved.properties)) {
      const found = this.compact(value[name], of);
      const isRequired = resolved.required?.includes(name) ?? false;
      if (found !== undefined && (isRequired || !this.#isAbsent(name, found, of))) kept[name] = found;
    }
    return kept;
  }

  /** The fields of a value and of what is in it that the schema does not have: each with its path, and those that it has there. */
  strangers(
    value: Value | undefined,
    schema: Schema | undefined,
    at = '',
  ): readonly { readonly path: string; readonly name: string; readonly known: readonly string[] }[] {
    const resolved = this.#resolve(schema, value);
    if (isList(value)) return value.flatMap((each, i) => this.strangers(each, resolved?.items, `${at}[${i}]`));
    const fields = resolved?.properties;
    if (!isFields(value) || !fields) return [];
    return Object.entries(value).flatMap(([name, each]) =>
      name in fields
        ? this.strangers(each, fields[name], at === '' ? name : `${at}.${name}`)
        : [{ path: at, name, known: Object.keys(fields) }],
    );
  }

  /** Whether a field says no more than if it were absent. */
  #isAbsent(name: string, value: Value, schema: Schema): boolean {
    const usual = this.#resolve(schema, value)?.default ?? usualList(name, schema);
    if (usual !== undefined) return canonical(usual) === canonical(value);
    if (value === null || value === '') return true;
    return isList(value) ? value.length === 0 : isFields(value) && Object.keys(value).length === 0;
  }

  #resolve(schema: Schema | undefined, value: Value | undefined): Schema | undefined {
    if (schema?.$ref !== undefined) {
      return this.#resolve(this.#document.components.schemas[schema.$ref.split('/').at(-1) ?? ''], value);
    }
    if (schema?.allOf?.length === 1)
      return {
        ...this.#resolve(schema.allOf[0], value),
        ...(schema.default !== undefined && { default: schema.default }),
      };
    if (schema?.oneOf && isFields(value)) {
      const { propertyName = '', mapping = {} } = schema.discriminator ?? {};
      const $ref = mapping[String(value[propertyName])];
      return $ref === undefined ? schema : this.#resolve({ $ref }, value);
    }
    return schema;
  }
}
