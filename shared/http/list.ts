import * as z from 'zod/mini';

/** The `limit` of a list: 1 to 100, 50 where nothing is said. */
export const Limit = z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(100)), 50);

/** The `cursor` of a list. */
export const Cursor = z.optional(z.string().check(z.maxLength(2048)));

/** A page of a list. */
export const pageOf = <T extends z.core.$ZodType>(item: T) =>
  z.object({ items: z.readonly(z.array(item)), next: z.nullable(z.string()) });
