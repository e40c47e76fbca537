import * as z from 'zod/mini';

/** An instant as clients send it: RFC 3339, with `Z` or an offset. */
export const Instant = z.iso.datetime({ offset: true });
