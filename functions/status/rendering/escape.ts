const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Characters that XML 1.0 does not have; half surrogate pairs are among them. */
const NO_XML = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** A text as HTML, SVG and Atom take it, in an element and in an attribute with quotation marks. */
export const escaped = (text: string): string =>
  text.replace(NO_XML, '\uFFFD').replace(/[&<>"']/g, (char) => ESCAPES[char] ?? '');
