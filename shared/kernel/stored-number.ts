import * as z from 'zod/mini';

/** The smallest magnitude that DynamoDB stores. */
const LEAST = 1e-130;

/** A number that JSON may carry and a table may store: exact as an integer, and not too small for DynamoDB. */
export const StoredNumber = z.number().check(
  z.gte(Number.MIN_SAFE_INTEGER),
  z.lte(Number.MAX_SAFE_INTEGER),
  z.refine((value) => value === 0 || Math.abs(value) >= LEAST, 'must be 0 or at least 1e-130 in magnitude'),
);
