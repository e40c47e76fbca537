/**
 * A value as JSON that every service accepts. SQS refuses U+FFFE and U+FFFF, so they are escaped here. JSON itself escapes the other
 * characters that SQS refuses.
 */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value).replace(/[\uFFFE\uFFFF]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
