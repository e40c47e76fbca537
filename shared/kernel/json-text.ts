/**
 * A value as JSON that every service carries: SQS refuses U+FFFE and U+FFFF, which are escaped here. The other characters
 * that it refuses JSON escapes by itself.
 */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value).replace(/[\uFFFE\uFFFF]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
