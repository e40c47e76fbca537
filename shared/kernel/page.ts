import { safeParse, type $ZodType, type output } from 'zod/v4/core';
import { invalid } from './errors.ts';
import { sha256 } from './ids.ts';

/** One page of a list: `next` is the cursor of the following page, null on the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface PageRequest {
  /** 1 to 100. */
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const queryDigest = (query: unknown): string => sha256(JSON.stringify(query)).slice(0, 16);

/** An opaque cursor that continues at `position` of this `query` only. */
export const encodeCursor = (position: unknown, query: unknown): string =>
  Buffer.from(JSON.stringify([queryDigest(query), position])).toString('base64url');

/** The position of a cursor. Throws `cursor.invalid` for a damaged cursor and for one of another query. */
export const decodeCursor = <S extends $ZodType>(cursor: string, query: unknown, schema: S): output<S> => {
  let decoded: unknown;
  try {
    decoded = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    decoded = undefined;
  }
  if (!Array.isArray(decoded) || decoded.length !== 2 || decoded[0] !== queryDigest(query)) throw invalidCursor();
  const position = safeParse(schema, decoded[1]);
  if (!position.success) throw invalidCursor();
  return position.data;
};

/** The refusal of a cursor that does not belong to its query. */
export const invalidCursor = () =>
  invalid('cursor.invalid', 'The cursor does not belong to this query. Start again without a cursor.', {
    errors: [{ pointer: 'query/cursor', detail: 'belongs to another query, or is damaged' }],
  });
