import { faultOf, type AwsError } from '../core/aws-error.ts';

/** A request of the query protocol: flat names such as `Attributes.entry.1.key`. */
export interface QueryRequest {
  text(name: string): string | undefined;
  required(name: string): string;
  /** `<name>.entry.N.<key|Name>` and `<value|Value>…`: one request per entry, relative to its value. */
  map(name: string): ReadonlyMap<string, QueryRequest>;
  /** `<name>.member.N` or `<name>.entry.N`, each relative to itself. */
  list(name: string): readonly QueryRequest[];
}

export function readQuery(parameters: URLSearchParams, missing: (name: string) => Error): QueryRequest {
  const at = (prefix: string): QueryRequest => {
    const full = (name: string) => (prefix === '' ? name : name === '' ? prefix : `${prefix}.${name}`);
    const text = (name: string) => parameters.get(full(name)) ?? undefined;
    const hasBelow = (path: string) => {
      for (const key of parameters.keys()) if (key === path || key.startsWith(`${path}.`)) return true;
      return false;
    };
    const numbered = (name: string) => {
      const found: string[] = [];
      for (const kind of ['member', 'entry']) {
        for (let index = 1; hasBelow(`${full(name)}.${kind}.${index}`); index++) {
          found.push(`${full(name)}.${kind}.${index}`);
        }
      }
      return found;
    };
    return {
      text,
      required(name) {
        const value = text(name);
        if (value === undefined) throw missing(name);
        return value;
      },
      map(name) {
        const entries = numbered(name).map((path) => {
          const isLower = parameters.has(`${path}.key`);
          const key = parameters.get(isLower ? `${path}.key` : `${path}.Name`) ?? '';
          return [key, at(isLower ? `${path}.value` : `${path}.Value`)] as const;
        });
        return new Map(entries);
      },
      list: (name) => numbered(name).map(at),
    };
  };
  return at('');
}

/** What an operation answers: nested records are elements, arrays are lists of `member`, maps are lists of `entry`. */
export type XmlValue =
  | string
  | number
  | boolean
  | XmlMap
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue | undefined };

/** A map on the wire, as against a structure. */
export class XmlMap {
  readonly entries: Readonly<Record<string, string>>;

  constructor(entries: Readonly<Record<string, string>>) {
    this.entries = entries;
  }
}

export function queryResponse(
  namespace: string,
  operation: string,
  result: XmlValue | undefined,
  requestId: string,
): string {
  const body = result === undefined ? '' : `<${operation}Result>${xml(result)}</${operation}Result>`;
  return `<${operation}Response xmlns="${namespace}">${body}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`;
}

export function queryError(namespace: string, error: AwsError, requestId: string): string {
  const fields = xml({ Type: faultOf(error.status), Code: error.code, Message: error.message });
  return `<ErrorResponse xmlns="${namespace}"><Error>${fields}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
}

function xml(value: XmlValue): string {
  if (value instanceof XmlMap) {
    return Object.entries(value.entries)
      .map(([key, text]) => `<entry><key>${escape(key)}</key><value>${escape(text)}</value></entry>`)
      .join('');
  }
  if (Array.isArray(value))
    return (value as readonly XmlValue[]).map((each) => `<member>${xml(each)}</member>`).join('');
  if (typeof value === 'object') {
    return Object.entries(value as Record<string, XmlValue | undefined>)
      .map(([name, each]) => (each === undefined ? '' : `<${name}>${xml(each)}</${name}>`))
      .join('');
  }
  return escape(String(value));
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#xD;');
}
