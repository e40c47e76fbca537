import { sha256 } from '../../shared/kernel/ids.ts';
import { isLabelName, MAX_LABEL_NAME_CHARS } from '../../shared/kernel/label-name.ts';

const MAX_LABELS = 64;
const MAX_LABEL_CHARS = 1024;
const MAX_ANNOTATION_CHARS = 4000;
const MAX_ALL_ANNOTATIONS_CHARS = 15_000;

type Texts = Readonly<Record<string, string>>;

/** A text of at most `chars` UTF-16 units that stores and travels: no half surrogate pair, no NUL. */
export const fitted = (text: string, chars: number): string =>
  text.slice(0, chars).replaceAll('\0', ' ').toWellFormed();

const DIGEST_CHARS = 16;

/** A name as the model has it. One that it does not take ends in a digest of the whole, so that no two become one. */
const nameOf = (name: string): string => {
  if (isLabelName(name)) return name;
  const digest = sha256(name).slice(0, DIGEST_CHARS);
  return `${fitted(name, MAX_LABEL_NAME_CHARS - DIGEST_CHARS - 1)}~${digest}`;
};

const named = (texts: Texts): [string, string][] =>
  Object.entries(texts)
    .filter(([name, value]) => value !== '' && name !== '' && name !== '__proto__')
    .map(([name, value]) => [nameOf(name), value]);

/** Labels cut to what an alert may carry. The labels as they came identify the problem of an alert, not these. */
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
