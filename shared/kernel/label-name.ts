import * as z from 'zod/mini';

export const MAX_LABEL_NAME_CHARS = 256;

/** `__proto__` names the prototype of a JavaScript object, so it is not allowed as a label. */
const FORM = /^(?!__proto__$)[^\u0000]+$/;

/** The name of a label or an annotation: any UTF-8 text, as Prometheus has them since version 3. */
export const LabelName = z.string().check(
  z.regex(FORM, 'must be a name such as `region`, `app.kubernetes.io/name` or `größe`'),
  z.maxLength(MAX_LABEL_NAME_CHARS),
  z.refine((name) => name.isWellFormed(), 'must be Unicode text without half surrogate pairs'),
);

export const isLabelName = (name: string): boolean => LabelName.safeParse(name).success;

/** `prefix` followed by the name of a label, for schemas that name a field of an alert. */
export const withLabelName = (prefix: string): string => `${prefix}(?!__proto__$)[^\\u0000]{1,${MAX_LABEL_NAME_CHARS}}`;
