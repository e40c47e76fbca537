import {
  endOf,
  emptyChain,
  lineOf,
  linkOf,
  signedText,
  windowAfter,
  type CheckpointHead,
} from '../functions/audit/chain/checkpoint.ts';
import {
  checkpointLine,
  endLine,
  EXPORT_SCHEMA,
  headLine,
  verifyExport,
} from '../functions/audit/chain/export-file.ts';
import { localSigner, publicKeyIn, textOfKey } from '../functions/audit/chain/signature.ts';
import { newKeyPair, privateKeyIn } from '../shared/kernel/key-pair.ts';
import { row, timed } from './measure.ts';

const ENTRIES = 1_000_000;
const HOURS = 240;
const HOUR_MS = 3_600_000;
const BEGIN = '2026-03-01T00:00:00.000Z';
/** Lines that are read together, as a file is. */
const LINES_A_PIECE = 4_000;

/** Seconds in which an export of a million entries is checked, apart from its reading. */
export const auditRow = async (): Promise<void> => {
  const pair = newKeyPair();
  const signer = localSigner(privateKeyIn(pair.privateKey));
  const pieces: Buffer[] = [];
  let lines: string[] = [];
  const write = (line: string): void => {
    lines.push(line);
    if (lines.length < LINES_A_PIECE) return;
    pieces.push(Buffer.from(`${lines.join('\n')}\n`));
    lines = [];
  };
  let before = emptyChain(BEGIN);
  const to = new Date(Date.parse(BEGIN) + HOURS * HOUR_MS).toISOString();
  const keys = [textOfKey(publicKeyIn(pair.publicKey))];
  write(headLine({ schema: EXPORT_SCHEMA, from: BEGIN, to, previous: before.hash, keys }));
  for (let hour = 1; hour <= HOURS; hour++) {
    const window = windowAfter(before.to, new Date(Date.parse(BEGIN) + hour * HOUR_MS).toISOString());
    let [link, entries] = [before.hash, 0];
    for (; entries < Math.ceil(ENTRIES / HOURS); entries++) {
      const id = `evt_01jd3v8m2k7q4xh2g8${hour}${entries}`;
      const line = lineOf({
        id,
        at: window.from,
        action: 'monitor.changed',
        actor: { kind: 'user', id: 'usr_01jd3v8m2k7q4xh2g8vq0p1m9d', name: 'ana' },
        subject: { kind: 'monitor', id: 'mon_01jd3v8m2k7q4xh2g8vq0p1m9e', name: 'Checkout' },
        outcome: 'success',
        ip: '192.0.2.7',
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
        requestId: id,
        detail: { fields: 'check.url, name' },
      });
      link = linkOf(link, line);
      write(line);
    }
    const number = before.number + 1;
    const head: CheckpointHead = { number, ...window, entries, link, previous: before.hash, at: to, key: signer.key };
    write(checkpointLine({ ...head, signature: await signer.sign(signedText(head)) }));
    before = endOf(head);
  }
  write(endLine({ checkpoints: HOURS, entries: HOURS * Math.ceil(ENTRIES / HOURS) }));
  pieces.push(Buffer.from(`${lines.join('\n')}\n`));
  let whole = false;
  const ms = await timed(async () => {
    whole = (await verifyExport(pieces, new Set([signer.key]))).findings.length === 0;
  });
  const seconds = ms / 1000;
  const told = `${seconds.toFixed(1)} s${whole ? '' : ', NOT WHOLE'}`;
  row('export of a million entries, verified', told, 'at most 10 s', whole && seconds <= 10, whole && seconds <= 30);
};
