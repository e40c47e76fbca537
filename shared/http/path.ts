import { notFound, type Problem } from '../kernel/errors.ts';
import { idPattern, type IdPrefix } from '../kernel/ids.ts';

/** The values that a path parameter accepts. The handler checks them before any verb runs. */
export interface PathParam {
  /** Anchored at both ends and bounded in length. */
  readonly pattern: RegExp;
  /** The refusal of any other value: the answer for a thing that does not exist. */
  readonly refusal: () => Problem;
}

export const pathParam = (pattern: RegExp, refusal: () => Problem): PathParam => ({ pattern, refusal });

/** The id of one kind. Any other value is 404 with a code such as `alert.not_found`. */
export const pathId = (prefix: IdPrefix, kind: string, noun = kind): PathParam =>
  pathParam(idPattern(prefix), () => notFound(`${kind}.not_found`, `There is no ${noun} with this id.`));

/** A secret in a path: `chars` characters of base64url. */
export const pathToken = (chars: number, refusal: () => Problem): PathParam =>
  pathParam(new RegExp(`^[A-Za-z0-9_-]{${chars}}$`), refusal);
