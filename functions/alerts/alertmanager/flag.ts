import * as z from 'zod/mini';

const YES = new Set(['true', '1', 'yes', 'ok', 'y', 'on', 'selected', 'checked', 't', 'enabled']);

const NO = new Set(['false', '0', 'no', 'n', 'off', 'unselected', 'unchecked', 'f', 'disabled']);

/**
 * A flag of a query, with all words that go-openapi takes for true (swag.ConvertBool). It takes every other word for false; here one
 * that is not its opposite is refused, because a misspelt flag would hide alerts.
 */
export const Flag = z.optional(
  z
    .string()
    .check(
      z.refine(
        (flag) => flag === '' || YES.has(flag.toLowerCase()) || NO.has(flag.toLowerCase()),
        'must be true or false',
      ),
    ),
);

/** True for a flag that is absent, empty or on. */
export const isOn = (flag: string | undefined): boolean => !flag || YES.has(flag.toLowerCase());
