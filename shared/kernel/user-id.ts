import * as z from 'zod/mini';
import { idPattern } from './ids.ts';

/** The id of a user, as bodies name one. Whether there is such a user is asked where they are named. */
export const UserId = z
  .string()
  .check(z.regex(idPattern('usr'), 'must be the id of a user, such as usr_01jd3v8m2k7q4xh2g8vq0p1m9d'));
