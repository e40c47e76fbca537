import { safeParse, type $ZodIssue, type $ZodType } from 'zod/v4/core';
import { invalid, tooLarge, unsupportedMediaType, type FieldError } from '../kernel/errors.ts';
import { parseJson, parseStrictJson } from './json.ts';
import type { Route } from './route.ts';
import { schemaMessage } from './schema-messages.ts';

const DEFAULT_MAX_BODY_BYTES = 256 * 1024;

interface RawBody {
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
}

/**
 * The body of a request as its route describes it. Each of these is refused with its own code: a body that is too large, a
 * content type other than JSON, bytes that are not UTF-8, malformed JSON, duplicate keys and too deep nesting. Unknown, missing
 * and wrong fields are refused with a pointer to each.
 */
export const parseBody = (route: Route, raw: RawBody, contentType: string | undefined): unknown => {
  if (!route.body || route.bytesBody) return undefined;
  const text = decode(raw, route);
  if (text.trim() === '') {
    if (!route.bodyOptional) throw invalid('body.missing', 'The request has no body. Send a JSON object.');
    return check(route.body, {}, 'body');
  }
  if (!route.tolerant) checkContentType(contentType ?? '');
  return check(route.body, route.tolerant ? parseJson(text) : parseStrictJson(text), 'body');
};

/**
 * The query string as its route describes it. Unknown and repeated parameters are refused. On a compatible surface a repeated
 * parameter is a list of its values.
 */
export const parseQuery = (
  route: Route,
  query: Readonly<Record<string, readonly string[] | undefined>> | null,
): unknown => {
  const entries = Object.entries(query ?? {});
  const repeated = entries.filter(([, values]) => (values?.length ?? 0) > 1);
  if (repeated.length > 0 && !route.tolerant) {
    throw invalid('query.invalid', 'A query parameter occurs more than once. Send each once.', {
      errors: repeated.map(([name]) => ({ pointer: `query/${name}`, detail: 'occurs more than once' })),
    });
  }
  if (!route.query) {
    if (entries.length === 0 || route.tolerant) return {};
    throw invalid('query.invalid', 'This route has no query parameters. Leave them out.', {
      errors: entries.map(([name]) => ({ pointer: `query/${name}`, detail: 'unknown parameter' })),
    });
  }
  const parsed = check(
    route.query,
    Object.fromEntries(entries.map(([name, values = []]) => [name, values.length > 1 ? values : values[0]])),
    'query',
  );
  checkRange(route, parsed as { readonly from?: unknown; readonly to?: unknown });
  return parsed;
};

/** Refuses a range that ends before it begins. A route may have its own code for it, such as `sla.range`. */
const checkRange = (route: Route, { from, to }: { readonly from?: unknown; readonly to?: unknown }): void => {
  if (typeof from !== 'string' || typeof to !== 'string' || !(Date.parse(from) > Date.parse(to))) return;
  const own = route.problems?.[400]?.find((code) => code.endsWith('.range'));
  throw invalid(own ?? 'query.invalid', 'The range ends before it begins. Swap from and to.', {
    errors: [{ pointer: 'query/to', detail: 'must not be before from' }],
  });
};

/** The media type of a request, in lower case and without parameters. */
export const mediaTypeOf = (contentType: string | undefined): string =>
  (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** The body as bytes. Refuses other media types and bodies larger than the route allows. */
export const bytesOf = (route: Route, raw: RawBody, contentType: string | undefined): Uint8Array => {
  const types = ['application/json', ...(route.bytesBody ?? [])];
  if (!types.includes(mediaTypeOf(contentType))) {
    throw unsupportedMediaType('body.unsupported_media_type', `Send the body as Content-Type: ${types.join(' or ')}.`);
  }
  const bytes = Buffer.from(raw.body ?? '', raw.isBase64Encoded ? 'base64' : 'utf8');
  const maxBytes = route.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
  if (bytes.length > maxBytes) {
    throw tooLarge('body.too_large', `The body is larger than ${maxBytes} bytes. Send a smaller one.`);
  }
  return bytes;
};

/** The body as text. A larger one than the route allows is refused or cut, as the route says. */
export const textOf = (route: Route, raw: RawBody): string => {
  const maxBytes = route.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
  return route.textBody === 'cut' ? cut(raw, maxBytes) : decode(raw, route);
};

const cut = ({ body, isBase64Encoded }: RawBody, maxBytes: number): string =>
  Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8')
    .subarray(0, maxBytes)
    .toString('utf8');

/** JSON is UTF-8 (RFC 8259), whatever its content type says. */
const checkContentType = (contentType: string): void => {
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType)) {
    throw unsupportedMediaType('body.unsupported_media_type', 'Send the body as Content-Type: application/json.');
  }
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(contentType)?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw unsupportedMediaType('body.unsupported_media_type', 'Send the body as UTF-8.');
  }
};

/**
 * The text of a body, no larger than its route allows. Bytes that are not UTF-8 are refused. On a compatible surface and in text
 * for people they become U+FFFD, because an alarm or a ping with a wrong character still counts.
 */
const decode = (raw: RawBody, route: Route): string => {
  const maxBytes = route.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
  const body = raw.body ?? '';
  const bytes = raw.isBase64Encoded ? Buffer.from(body, 'base64') : undefined;
  if ((bytes?.length ?? Buffer.byteLength(body)) > maxBytes) {
    throw tooLarge('body.too_large', `The body is larger than ${maxBytes} bytes. Send a smaller one.`);
  }
  if (!bytes) return body;
  try {
    return new TextDecoder('utf-8', { fatal: !route.tolerant && !route.textBody }).decode(bytes);
  } catch {
    throw invalid('body.encoding', 'The body is not UTF-8. Send it as UTF-8.');
  }
};

const check = (schema: $ZodType, value: unknown, where: 'body' | 'query'): unknown => {
  const result = safeParse(schema, value, { error: schemaMessage });
  if (result.success) return result.data;
  throw invalid(
    `${where}.invalid`,
    where === 'body' ? 'The body does not match the schema.' : 'The query does not match the schema.',
    {
      errors: result.error.issues.flatMap((issue) => fieldErrors(issue, where)).slice(0, 50),
    },
  );
};

const fieldErrors = (issue: $ZodIssue, where: 'body' | 'query'): FieldError[] => {
  const at = (path: readonly PropertyKey[]): string =>
    (where === 'body' ? '' : 'query') +
    path.map((part) => `/${String(part).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: at([...issue.path, key]), detail: issue.message }));
  }
  return [{ pointer: at(issue.path), detail: issue.message }];
};
