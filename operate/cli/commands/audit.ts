import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { verifyExport, type Verdict } from '../../../functions/audit/chain/export-file.ts';
import { fingerprintOf, publicKeyIn } from '../../../functions/audit/chain/signature.ts';
import { COMMON, parsed, wrongUse, type Command } from '../command.ts';
import { CommandError, EXIT, type Console } from '../console.ts';
import { connect } from '../session.ts';
import { coloured, plain } from '../table.ts';

export const audit: Command = {
  usage: 'audit export [--from <time>] [--to <time>] [--format jsonl|ocsf] [--out <file>] | audit verify <file>',
  about: 'Export the audit trail, and check an export without the installation',
  help:
    'export writes the hours that are closed, whole, with their signed checkpoints; --format ocsf writes events of OCSF for other programs.\n' +
    'verify needs the file alone. It finds every entry that was changed, removed, added or moved. --key is the public key that must have\n' +
    'signed, as a PEM file or as the fingerprint that it prints; may be given again. --from and --to are times that the export must cover.',
  run: (io, argv) => {
    const [what, ...rest] = argv;
    if (what === 'export') return exportTrail(io, rest);
    if (what === 'verify') return verify(io, rest);
    throw wrongUse('`audit` exports or verifies.', audit);
  },
};

const RANGE = { from: { type: 'string' }, to: { type: 'string' } } as const;

const instantOf = (text: string, option: string): string => {
  if (Number.isNaN(Date.parse(text))) throw wrongUse(`--${option} takes a time such as 2026-11-21T00:00:00Z.`, audit);
  return new Date(text).toISOString();
};

interface Page {
  readonly items: readonly string[];
  readonly next: string | null;
}

const exportTrail = async (io: Console, argv: readonly string[]): Promise<number> => {
  const options = { ...COMMON, ...RANGE, format: { type: 'string' }, out: { type: 'string' } } as const;
  const { values } = parsed(argv, options, audit);
  const api = connect(io, values);
  const query = new URLSearchParams();
  for (const name of ['from', 'to'] as const) {
    const value = values[name];
    if (value !== undefined) query.set(name, instantOf(value, name));
  }
  if (values.format !== undefined) query.set('format', values.format);
  const file = values.out === undefined ? undefined : createWriteStream(values.out, { mode: 0o600 });
  // The file may not be writable before the first line of it is written.
  const isWritten = file && finished(file);
  isWritten?.catch(() => undefined);
  let lines = 0;
  for (let next: string | null = ''; next !== null;) {
    if (next !== '') query.set('cursor', next);
    const page: Page = await api.call<Page>('GET', `/api/security/audit/export?${query}`);
    for (const line of page.items) {
      if (file) file.write(`${line}\n`);
      else io.out(line);
    }
    lines += page.items.length;
    next = page.next;
  }
  file?.end();
  try {
    await isWritten;
  } catch (error) {
    throw new CommandError(
      `${values.out} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (values.out !== undefined)
    io.err(`${lines} lines are in ${values.out}. Check them with \`npx tocsin audit verify\`.`);
  return EXIT.done;
};

const FINGERPRINT = /^[0-9a-f]{64}$/;

/** The fingerprint of a key as a caller names it. */
const fingerprintIn = (text: string): string => {
  if (FINGERPRINT.test(text.toLowerCase())) return text.toLowerCase();
  try {
    return fingerprintOf(publicKeyIn(readFileSync(text, 'utf8')));
  } catch {
    throw wrongUse('--key takes a PEM file with a public key of ECDSA P-256, or a fingerprint of 64 digits.', audit);
  }
};

/** What a range lacks that an export must cover. */
const uncovered = ({ covered }: Verdict, from: string | undefined, to: string | undefined): string | undefined => {
  if (from !== undefined && (!covered || covered.from > from)) return `The export does not cover ${from}.`;
  if (to !== undefined && (!covered || covered.to < to)) return `The export does not cover the time until ${to}.`;
  return undefined;
};

const verify = async (io: Console, argv: readonly string[]): Promise<number> => {
  const options = { ...RANGE, json: COMMON.json, key: { type: 'string', multiple: true } } as const;
  const { values, positionals } = parsed(argv, options, audit);
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw wrongUse('Name one export.', audit);
  if (!existsSync(file)) throw new CommandError(`There is no file ${file}.`, { code: EXIT.absent });
  const [from, to] = (['from', 'to'] as const).map((name) => {
    const value = values[name];
    return value === undefined ? undefined : instantOf(value, name);
  });
  const trusted = values.key && new Set(values.key.map(fingerprintIn));
  const began = performance.now();
  const verdict = await verifyExport(createReadStream(file, { highWaterMark: 1 << 20 }), trusted);
  const seconds = (performance.now() - began) / 1000;
  const lacking = uncovered(verdict, from, to);
  const findings = [...verdict.findings, ...(lacking === undefined ? [] : [{ line: 0, what: lacking }])];
  const isWhole = findings.length === 0;
  if (values.json) {
    io.out(
      JSON.stringify({ ...verdict, findings, whole: isWhole, keyWasExpected: trusted !== undefined, seconds }, null, 2),
    );
    return isWhole ? EXIT.done : EXIT.failed;
  }
  const { entries, checkpoints, covered, keys } = verdict;
  for (const { line, what } of findings)
    io.out(coloured(io, `✘ ${line > 0 ? `line ${line}: ` : ''}${plain(what)}`, 'red'));
  io.out(isWhole ? coloured(io, '✔ The export is whole.', 'green') : 'The export is not what was exported.');
  if (covered) io.out(`It covers ${covered.from} to ${covered.to}.`);
  const speed = Math.round(entries / Math.max(seconds, 0.001));
  io.out(`${entries} entries and ${checkpoints} checkpoints in ${seconds.toFixed(2)} s, ${speed} entries a second.`);
  for (const key of keys) io.out(`Signed by the key ${key}${trusted ? '' : ', as the file itself says'}.`);
  if (!trusted && keys.length > 0)
    io.err('  → Compare the key with the one of your installation, or give it as --key.');
  return isWhole ? EXIT.done : EXIT.failed;
};
