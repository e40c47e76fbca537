import * as z from 'zod/mini';
import { idPattern } from './ids.ts';

/** The id of a user in a body. The verb checks that the user exists. */
export const UserId = z
  .string()
  .check(z.regex(idPattern('usr'), 'must be the id of a user, such as usr_01jd3v8m2k7q4xh2g8vq0p1m9d'));
