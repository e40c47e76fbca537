import * as z from 'zod/mini';

/** A bound that is exceeded has its own words. */
const wrongDigits = ({ code }: { readonly code: string }): string | undefined =>
  code === 'invalid_type' ? 'must be an integer in decimal digits' : undefined;

/** An integer in a query: decimal digits, and neither `1e2` nor `0x10`. */
export const queryInteger = (least: number, most: number) =>
  z.pipe(
    z.transform((text: unknown) => (/^(?:0|-?[1-9]\d*)$/.test(String(text)) ? Number(text) : text)),
    z.int({ error: wrongDigits }).check(z.gte(least), z.lte(most)),
  );

/** The `limit` of a list: 1 to 100, 50 by default. */
export const Limit = z._default(queryInteger(1, 100), 50);

/** The `cursor` of a list. */
export const Cursor = z.optional(z.string().check(z.maxLength(4096)));

/** A page of a list. */
export const pageOf = <T extends z.core.$ZodType>(item: T) =>
  z.object({ items: z.readonly(z.array(item)), next: z.nullable(z.string()) });
