import type { KeyObject } from 'node:crypto';
import { canonical, type Plain } from './canonical.ts';
import { endOf, faultsOf, linkOf, type ChainEnd, type Checkpoint, type Window } from './checkpoint.ts';
import { fingerprintOf, publicKeyIn, trusting, type TrustedKeys } from './signature.ts';

/*
 * An export as a file: a line for the export, then the entries of each window with the checkpoint that covers them, and a line for the end.
 * Every line is canonical JSON, and the text of an entry is what is chained, so a reader computes the links from the lines as they are.
 */

export const EXPORT_SCHEMA = 'tocsin.audit.export/1';

/** The first line: the windows that the export covers, and the public keys of their checkpoints, in the order of their first use. */
export interface ExportHead extends Window {
  readonly schema: typeof EXPORT_SCHEMA;
  /** The hash of the checkpoint that the first one follows. */
  readonly previous: string;
  readonly keys: readonly string[];
}

/** The last line. */
export interface ExportEnd {
  readonly checkpoints: number;
  readonly entries: number;
}

const CHECKPOINT_BEGINS = '{"checkpoint":';
const EXPORT_BEGINS = '{"export":';
const END_BEGINS = '{"end":';

export const headLine = (head: ExportHead): string => canonical({ export: { ...head } });
export const checkpointLine = (checkpoint: Checkpoint): string => canonical({ checkpoint: { ...checkpoint } });
export const endLine = (end: ExportEnd): string => canonical({ end: { ...end } });

/** Something wrong in an export: the line at which it was found, counted from 1, and what it is. */
export interface Finding {
  readonly line: number;
  readonly what: string;
}

export interface Verdict extends ExportEnd {
  readonly findings: readonly Finding[];
  /** The time that checkpoints cover; undefined where there are none. */
  readonly covered: Window | undefined;
  /** The fingerprints of the keys that signed. */
  readonly keys: readonly string[];
}

/** As many findings are listed: one change of a line can be found at each checkpoint that follows. */
const MOST_FINDINGS = 20;

const HEX = /^[0-9a-f]{64}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** The value of a line that has one member of this name, in its one text. Throws for any other line. */
const memberIn = (line: string, name: string): Readonly<Record<string, Plain>> => {
  const value = JSON.parse(line) as Readonly<Record<string, Readonly<Record<string, Plain>>>>;
  const member = value[name];
  if (canonical(value) !== line || typeof member !== 'object' || Object.keys(value).length > 1) throw new Error(name);
  return member;
};

const hasOnly = (value: object, names: readonly string[]): boolean =>
  Object.keys(value).toSorted().join() === names.toSorted().join();

const checkpointIn = (line: string): Checkpoint => {
  const value = memberIn(line, 'checkpoint') as unknown as Checkpoint;
  const texts = ['from', 'to', 'at', 'link', 'previous', 'key', 'signature'] as const;
  const isOne =
    hasOnly(value, [...texts, 'number', 'entries']) &&
    texts.every((name) => typeof value[name] === 'string') &&
    [value.link, value.previous, value.key].every((text) => HEX.test(text)) &&
    [value.from, value.to, value.at].every((text) => INSTANT.test(text)) &&
    Number.isSafeInteger(value.number) &&
    Number.isSafeInteger(value.entries);
  if (!isOne) throw new Error('checkpoint');
  return value;
};

const headIn = (line: string): ExportHead => {
  const value = memberIn(line, 'export') as unknown as ExportHead;
  const isOne =
    hasOnly(value, ['schema', 'previous', 'from', 'to', 'keys']) &&
    value.schema === EXPORT_SCHEMA &&
    HEX.test(value.previous) &&
    Array.isArray(value.keys);
  if (!isOne) throw new Error('export');
  return value;
};

const keysIn = (texts: readonly string[]): readonly KeyObject[] =>
  texts.map((text) => {
    const key = publicKeyIn(text);
    if (Buffer.from(text, 'base64url').toString('base64url') !== text) throw new Error('key');
    return key;
  });

/**
 * Checks an export, line by line. `trusted` are the fingerprints of the keys that may have signed; without it those that the export names are
 * believed, and the reader of the verdict compares them. Nothing is found if, and only if, the lines are those that Tocsin wrote for `covered`.
 */
export const exportVerifier = (trusted?: ReadonlySet<string>) => {
  const findings: Finding[] = [];
  let number = 0;
  let head: ExportHead | undefined;
  let end: ExportEnd | undefined;
  let keys: TrustedKeys = new Map();
  let before: ChainEnd | undefined;
  let covered: Window | undefined;
  let checkpoints = 0;
  let entries = 0;
  let inWindow = 0;
  let link = '';
  const used = new Set<string>();

  const found = (what: string): void => {
    if (findings.length < MOST_FINDINGS) findings.push({ line: number, what });
  };

  const begin = (line: string): void => {
    try {
      head = headIn(line);
      link = head.previous;
      const listed = keysIn(head.keys);
      keys = trusting(listed.filter((key) => !trusted || trusted.has(fingerprintOf(key))));
      if (keys.size < listed.length) {
        found(
          trusted ? 'The export names a key that is not the expected one.' : 'The export names a key more than once.',
        );
      }
    } catch {
      found('The export does not begin with the line of an export.');
    }
  };

  const close = (line: string): void => {
    let checkpoint: Checkpoint;
    try {
      checkpoint = checkpointIn(line);
    } catch {
      found('This is no checkpoint.');
      return;
    }
    if (!before && head && head.previous !== checkpoint.previous) {
      found('The export begins after another checkpoint than its first one follows.');
    }
    for (const fault of faultsOf(checkpoint, { before, links: { entries: inWindow, link }, keys })) found(fault);
    before = endOf(checkpoint);
    covered = { from: covered?.from ?? checkpoint.from, to: checkpoint.to };
    used.add(checkpoint.key);
    link = before.hash;
    entries += inWindow;
    checkpoints++;
    inWindow = 0;
  };

  const finish = (line: string): void => {
    try {
      const value = memberIn(line, 'end') as unknown as ExportEnd;
      if (!hasOnly(value, ['checkpoints', 'entries'])) throw new Error('end');
      end = value;
    } catch {
      found('This is no end of an export.');
    }
  };

  return {
    /** The next line, without its end. */
    read: (line: string): void => {
      number++;
      if (number === 1) return begin(line);
      if (end) return found('There is a line after the end.');
      if (line.startsWith(CHECKPOINT_BEGINS)) return close(line);
      if (line.startsWith(END_BEGINS)) return finish(line);
      if (line.startsWith(EXPORT_BEGINS)) return found('There is a second line of an export.');
      inWindow++;
      link = linkOf(link, line);
    },

    /** After the last line. */
    verdict: (): Verdict => {
      number++;
      if (number === 1) found('The file is empty.');
      if (!end) found('The export has no end: lines are missing.');
      if (inWindow > 0) found('There are entries after the last checkpoint.');
      if (end && (end.checkpoints !== checkpoints || end.entries !== entries)) {
        found(
          `The end tells of ${end.checkpoints} checkpoints and ${end.entries} entries; ${checkpoints} and ${entries} are there.`,
        );
      }
      if (head && (head.from !== (covered?.from ?? '') || head.to !== (covered?.to ?? ''))) {
        found(`The export is said to cover ${head.from} to ${head.to}, and its checkpoints do not.`);
      }
      if (head && findings.length === 0 && [...used].join() !== [...keys.keys()].join()) {
        found('The keys that the export names are not those that signed it.');
      }
      return { findings, covered, checkpoints, entries, keys: [...used] };
    },
  };
};

/** Checks an export as it is read, piece by piece. A text that is not UTF-8, or that does not end with a line, is no export. */
export const verifyExport = async (
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  trusted?: ReadonlySet<string>,
): Promise<Verdict> => {
  const verifier = exportVerifier(trusted);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const broken = (what: string): Verdict => {
    const verdict = verifier.verdict();
    return { ...verdict, findings: [{ line: 0, what }, ...verdict.findings] };
  };
  let rest = '';
  try {
    for await (const piece of pieces) {
      const text = rest + decoder.decode(piece, { stream: true });
      let begin = 0;
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', begin)) {
        verifier.read(text.slice(begin, at));
        begin = at + 1;
      }
      rest = text.slice(begin);
    }
    rest += decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return broken('The file is not UTF-8.');
  }
  return rest === '' ? verifier.verdict() : broken('The file does not end with a whole line.');
};
