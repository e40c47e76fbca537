const MAX_LABELS = 64;
const MAX_NAME_CHARS = 128;
const MAX_LABEL_CHARS = 1024;
const MAX_ANNOTATION_CHARS = 4000;
const MAX_ALL_ANNOTATIONS_CHARS = 15_000;

type Texts = Readonly<Record<string, string>>;

/** A text of at most `chars` UTF-16 units that stores and travels: no half surrogate pair, no NUL. */
export const fitted = (text: string, chars: number): string =>
  text.slice(0, chars).replaceAll('\0', ' ').toWellFormed();

/** A name as the model has it: a character that it does not take becomes `_`. */
const nameOf = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9_.\-/]/g, '_')
    .replace(/^(?![A-Za-z_])/, '_')
    .slice(0, MAX_NAME_CHARS);

const named = (texts: Texts): [string, string][] =>
  Object.entries(texts)
    .filter(([name, value]) => value !== '' && name !== '' && name !== '__proto__')
    .map(([name, value]) => [nameOf(name), value]);

/** Labels cut to what an alert may carry. What an alert is about is told by the labels as they came, not by these. */
export const labelsOf = (texts: Texts): Record<string, string> =>
  Object.fromEntries(
    named(texts)
      .slice(0, MAX_LABELS)
      .map(([name, value]) => [name, fitted(value, MAX_LABEL_CHARS)]),
  );

/** Annotations cut to what an alert may carry, those that come first before those that come later. */
export const annotationsOf = (texts: Texts): Record<string, string> => {
  let left = MAX_ALL_ANNOTATIONS_CHARS;
  return Object.fromEntries(
    named(texts).flatMap(([name, value]): [string, string][] => {
      const kept = fitted(value, Math.min(MAX_ANNOTATION_CHARS, left - name.length - 2));
      if (left < name.length + 3 || kept === '') return [];
      left -= name.length + kept.length + 2;
      return [[name, kept]];
    }),
  );
};
