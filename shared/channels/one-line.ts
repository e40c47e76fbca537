/** At most so many characters of a text, none of them half. */
export const cut = (text: string, mostChars: number): string => {
  const whole = text.toWellFormed();
  return whole.length <= mostChars ? whole : `${whole.slice(0, mostChars - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
};

/** Line breaks, other controls, and marks that turn the direction of what follows. */
const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]+/gu;

/**
 * Text of others within a line of a message, at most so many characters of it: it begins no line of its own, where a link
 * would be taken for ours, and shows nothing as something else.
 */
export const oneLine = (text: string, mostChars: number): string =>
  cut(text.replace(BREAKS, ' ').replace(/\s+/g, ' ').trim(), mostChars);
