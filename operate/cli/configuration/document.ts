import { parseDocument, stringify } from 'yaml';
import { nearest } from '../../../shared/kernel/nearest.ts';
import { CommandError, EXIT } from '../console.ts';
import { KINDS, SINGLES } from './kinds.ts';
import type { State } from './state.ts';
import { isFields, isList, type Fields } from './value.ts';

/** The version of the form of documents. */
const FORM = 1;

/** The configuration as a document: a section for each kind, and for each thing that there is once. */
export interface Configuration {
  readonly lists: ReadonlyMap<string, readonly Fields[]>;
  readonly singles: ReadonlyMap<string, Fields>;
}

/** What an installation has, in the order of names, so that two exports differ only where the configuration does. */
export const configurationOf = ({ entries, singles, hidden }: State): Configuration => ({
  lists: new Map(
    KINDS.flatMap(({ section }) => {
      const own = entries.filter(({ kind }) => kind.section === section);
      own.sort((one, other) => (one.key < other.key ? -1 : 1));
      return hidden.includes(section) ? [] : [[section, own.map(({ item }) => item)]];
    }),
  ),
  singles: new Map([...singles].map(([section, { item }]) => [section, item])),
});

export const printed = ({ lists, singles }: Configuration, head: readonly string[] = []): string => {
  const body = stringify(
    { tocsin: FORM, ...Object.fromEntries(lists), ...Object.fromEntries(singles) },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
  return [...head.map((line) => `# ${line}`), body.trimEnd()].join('\n');
};

const SECTIONS = [...KINDS.map(({ section }) => section), ...SINGLES.map(({ section }) => section)];

const wrong = (file: string, message: string): CommandError =>
  new CommandError(`${file}: ${message}`, {
    code: EXIT.usage,
    todo: 'docs/guide/command-line.md has the form of a document.',
  });

/** A document as it is read. Throws where it is none, or has a section that nobody knows. */
export const readConfiguration = (text: string, file: string): Configuration => {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error) throw wrong(file, error.message);
  const whole: unknown = document.toJS({ maxAliasCount: 100 });
  if (!isFields(whole) || whole['tocsin'] !== FORM) throw wrong(file, 'a document begins with `tocsin: 1`.');
  const lists = new Map<string, readonly Fields[]>();
  const singles = new Map<string, Fields>();
  for (const [section, value] of Object.entries(whole)) {
    if (section === 'tocsin') continue;
    if (!SECTIONS.includes(section)) {
      const meant = nearest(section, SECTIONS);
      throw wrong(file, `there is no section ${section}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`);
    }
    if (SINGLES.some((single) => single.section === section)) {
      if (!isFields(value)) throw wrong(file, `${section} has fields.`);
      singles.set(section, value);
    } else {
      const items = value ?? [];
      if (!isList(items) || !items.every(isFields)) throw wrong(file, `${section} is a list of items with fields.`);
      lists.set(section, items.filter(isFields));
    }
  }
  return { lists, singles };
};
