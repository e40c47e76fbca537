import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { addCheckpoints } from '../../../functions/audit/chain/add-checkpoints.ts';
import { canonical } from '../../../functions/audit/chain/canonical.ts';
import { signedText, type Checkpoint } from '../../../functions/audit/chain/checkpoint.ts';
import { checkpointLine, headLine, verifyExport, type ExportHead } from '../../../functions/audit/chain/export-file.ts';
import { fingerprintOf, localSigner, publicKeyIn, textOfKey } from '../../../functions/audit/chain/signature.ts';
import { newKeyPair, privateKeyIn } from '../../../shared/kernel/key-pair.ts';
import { auditTrail, DAY, entryAt, HOUR, MIDNIGHT, type AuditTrail } from '../../support/audit-chain.ts';
import { allOr } from '../../support/runs.ts';

const MINUTE = 60_000;

/** Two days with entries, one hour without any, and one entry that was stored four hours late. */
const filled = async (): Promise<AuditTrail> => {
  const trail = auditTrail({ retentionDays: 3 });
  for (let hour = 1; hour <= 30; hour++) {
    if (hour !== 3) {
      for (const minute of [5, 20, 59]) {
        trail.at(hour * HOUR + minute * MINUTE);
        await trail.add(entryAt(hour * HOUR + minute * MINUTE, `${hour}-${minute}`));
      }
    }
    if (hour === 7) await trail.add(entryAt(3 * HOUR + MINUTE, 'late'));
    trail.at((hour + 1) * HOUR + 5 * MINUTE);
    await trail.close();
  }
  return trail;
};

const bytesOf = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));

const isWhole = async (bytes: Uint8Array, trusted?: ReadonlySet<string>): Promise<boolean> =>
  (await verifyExport([bytes], trusted)).findings.length === 0;

const since = (afterMs: number): string => new Date(MIDNIGHT + afterMs).toISOString();

let trail: AuditTrail;
let lines: readonly string[];
let original: Buffer;
let trusted: ReadonlySet<string>;
beforeAll(async () => {
  trail = await filled();
  lines = await trail.exported();
  original = bytesOf(lines);
  trusted = new Set([fingerprintOf(trail.publicKey)]);
});

describe('an export', () => {
  it('is whole as it was written, in pieces of any size, and says what it covers', async () => {
    const pieces = Array.from({ length: Math.ceil(original.length / 7) }, (_, i) =>
      original.subarray(i * 7, i * 7 + 7),
    );
    const verdict = await verifyExport(pieces, trusted);
    expect(verdict).toMatchObject({ findings: [], entries: 3 * 28 + 1, keys: [...trusted] });
    expect(verdict.covered?.to).toBe(since(30 * HOUR));
  });

  it('holds each entry once, in the order of the chain, and the late one in the hour in which it was stored', async () => {
    const entries = lines
      .filter((line) => line.startsWith('{"action"'))
      .map((line) => JSON.parse(line) as { id: string });
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    const window = lines.slice(
      lines.findIndex((line) => line.includes('"evt_7-59"')) + 1,
      lines.findIndex((line) => line.includes('"evt_8-5"')),
    );
    expect(window.map((line) => /"evt_late"|"checkpoint"/.exec(line)?.[0])).toEqual(['"evt_late"', '"checkpoint"']);
  });

  it('of a range has whole windows, and is whole by itself', async () => {
    const some = await trail.exported({ from: since(5.5 * HOUR), to: since(8.5 * HOUR) });
    const verdict = await verifyExport([bytesOf(some)], trusted);
    expect(verdict).toMatchObject({ findings: [], covered: { from: since(5 * HOUR), to: since(9 * HOUR) } });
    expect(await isWhole(bytesOf(await trail.exported({ from: since(-90 * DAY), to: since(-80 * DAY) })))).toBe(true);
  });

  it('has one text for each entry: names in the order of their code units, and no white space', () => {
    expect(canonical({ b: 'ü"\n', a: [1, { d: true, c: null }], B: '' })).toBe(
      '{"B":"","a":[1,{"c":null,"d":true}],"b":"ü\\"\\n"}',
    );
  });

  it('for other programs has an event of OCSF for each entry, and nothing else', async () => {
    const events = (await trail.exported({ format: 'ocsf' })).map(
      (line) => JSON.parse(line) as Record<string, unknown>,
    );
    expect(events).toHaveLength(3 * 28 + 1);
    expect(events[0]).toMatchObject({
      class_uid: 3001,
      type_uid: 300_199,
      time: Date.parse(since(HOUR + 5 * MINUTE)),
      status_id: 1,
      metadata: { uid: 'evt_1-5', product: { name: 'Tocsin' } },
      actor: { user: { uid: 'usr_anna', name: 'anna' } },
      src_endpoint: { ip: '192.0.2.7' },
    });
  });
});

describe('a mutated export is found, whatever was changed:', () => {
  /** Numbers that a mutation chooses by. */
  const Choice = fc.record({ one: fc.nat(), other: fc.nat(), byte: fc.nat(255) });
  type Choice = { readonly one: number; readonly other: number; readonly byte: number };
  type Mutation = (choice: Choice) => Uint8Array;

  const lineWise =
    (change: (all: string[], choice: Choice) => void): Mutation =>
    (choice) => {
      const all = [...lines];
      change(all, choice);
      return bytesOf(all);
    };
  /** The export as windows: each the entries and their checkpoint. */
  const windowWise = (change: (windows: string[][], choice: Choice) => void): Mutation =>
    lineWise((all, choice) => {
      const windows: string[][] = [[]];
      for (const line of all.slice(1, -1)) {
        windows.at(-1)?.push(line);
        if (line.startsWith('{"checkpoint"')) windows.push([]);
      }
      windows.pop();
      change(windows, choice);
      all.splice(1, all.length - 2, ...windows.flat());
    });
  const at = (choice: number, of: { readonly length: number }): number => choice % of.length;
  const swap = <T>(all: T[], { one, other }: Choice): void => {
    const [i, j] = [at(one, all), at(other, all)];
    [all[i], all[j]] = [all[j] as T, all[i] as T];
  };
  const entryChange = (change: (entry: Record<string, never>, choice: Choice) => object): Mutation =>
    lineWise((all, choice) => {
      const places = [...all.keys()].filter((i) => all[i]?.startsWith('{"action"'));
      const place = places[at(choice.one, places)] ?? 0;
      all[place] = canonical(change(JSON.parse(all[place] ?? '') as never, choice) as never);
    });

  const MUTATIONS: Readonly<Record<string, Mutation>> = {
    'a byte': ({ one, byte }) => {
      const bytes = Buffer.from(original);
      bytes[at(one, bytes)] = byte;
      return bytes;
    },
    'a bit': ({ one, byte }) => {
      const bytes = Buffer.from(original);
      bytes[at(one, bytes)] = (bytes[at(one, bytes)] ?? 0) ^ (1 << (byte % 8));
      return bytes;
    },
    'a byte that goes': ({ one }) =>
      Buffer.concat([original.subarray(0, at(one, original)), original.subarray(at(one, original) + 1)]),
    'a byte that comes': ({ one, byte }) =>
      Buffer.concat([
        original.subarray(0, at(one, original)),
        Buffer.from([byte]),
        original.subarray(at(one, original)),
      ]),
    'the end that is cut off': ({ one }) => original.subarray(0, at(one, original)),
    'lines that are cut off': lineWise((all, { one }) => void all.splice(at(one, all))),
    'a line that goes': lineWise((all, { one }) => void all.splice(at(one, all), 1)),
    'lines that go': lineWise((all, { one, other }) => void all.splice(at(one, all), 1 + (other % 5))),
    'a line that comes twice': lineWise((all, { one }) => {
      const line = all[at(one, all)];
      all.splice(at(one, all), 0, line ?? '');
    }),
    'lines that change places': lineWise(swap),
    'a line that moves': lineWise((all, { one, other }) => {
      const [line = ''] = all.splice(at(one, all), 1);
      all.splice(other % (all.length + 1), 0, line);
    }),
    'windows that change places': windowWise(swap),
    'a window that goes': windowWise((all, { one }) => void all.splice(at(one, all), 1)),
    'a window that comes twice': windowWise(
      (all, { one }) => void all.splice(at(one, all), 0, all[at(one, all)] ?? []),
    ),
    'the last windows that go': windowWise((all, { one }) => void all.splice(at(one, all))),
    'a checkpoint that goes': windowWise((all, { one }) => void all[at(one, all)]?.pop()),
    'entries of another window': windowWise((all, { one, other }) => {
      const [from, to] = [all[at(one, all)] ?? [], all[at(other, all)] ?? []];
      const entries = from.splice(0, from.length - 1);
      to.splice(0, 0, ...entries);
    }),
    'an actor': entryChange((entry, { other }) => ({
      ...entry,
      actor: { kind: 'user', id: `usr_${other}`, name: 'eve' },
    })),
    'a time': entryChange((entry, { other }) => ({ ...entry, at: new Date(MIDNIGHT + (other % DAY)).toISOString() })),
    'an outcome': entryChange((entry) => ({ ...entry, outcome: 'failure' })),
    'a detail that comes': entryChange((entry, { other }) => ({ ...entry, more: String(other) })),
    'a forged entry': lineWise((all, { one, other }) => {
      all.splice(1 + (one % (all.length - 2)), 0, canonical({ ...entryAt(other % DAY, `forged-${other}`) } as never));
    }),
    'a number of a checkpoint': lineWise((all, { one, other }) => {
      const places = [...all.keys()].filter((i) => all[i]?.startsWith('{"checkpoint"'));
      const place = places[at(one, places)] ?? 0;
      const { checkpoint } = JSON.parse(all[place] ?? '') as { checkpoint: Checkpoint };
      const name = (['number', 'entries'] as const)[other % 2] ?? 'number';
      all[place] = checkpointLine({ ...checkpoint, [name]: checkpoint[name] + 1 + (other % 3) });
    }),
  };

  it('10,000 random mutations', { timeout: 300_000 }, async () => {
    const names = Object.keys(MUTATIONS);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), Choice, async (name, choice) => {
        const mutated = MUTATIONS[name]?.(choice) ?? original;
        fc.pre(!original.equals(mutated));
        return !(await isWhole(mutated, trusted));
      }),
      { numRuns: Math.min(...allOr([10_000], [300])) },
    );
  });

  it('each kind of mutation in turn', async () => {
    for (const [name, mutate] of Object.entries(MUTATIONS)) {
      for (const one of [1, 5, 40]) {
        const mutated = mutate({ one, other: one + 6, byte: 33 });
        if (!original.equals(mutated)) expect(await isWhole(mutated, trusted), `${name} ${one}`).toBe(false);
      }
    }
  });

  /** The export as somebody makes it who signs with a key of their own. */
  const signedAnew = async (): Promise<Buffer> => {
    const pair = newKeyPair();
    const signer = localSigner(privateKeyIn(pair.privateKey));
    const forged = auditTrail({ retentionDays: 1 });
    forged.at(26 * HOUR);
    await addCheckpoints({
      ...forged.deps,
      signer: async () => signer,
      keys: async () => new Map([[signer.key, publicKeyIn(pair.publicKey)]]),
      remainingMs: () => 600_000,
    });
    const made = await forged.exported();
    const head = (JSON.parse(made[0] ?? '') as { export: ExportHead }).export;
    return bytesOf([headLine({ ...head, keys: [textOfKey(publicKeyIn(pair.publicKey))] }), ...made.slice(1)]);
  };

  it('a key that was replaced, for a reader with the fingerprint of the right one', async () => {
    const forged = await signedAnew();
    expect(await isWhole(forged, trusted)).toBe(false);
    const { findings, keys } = await verifyExport([forged]);
    expect(findings).toEqual([]);
    expect(keys).not.toEqual([...trusted]);
  });

  it('the other signature that ECDSA has for a text', async () => {
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const place = lines.findIndex((line) => line.startsWith('{"checkpoint"'));
    const { checkpoint } = JSON.parse(lines[place] ?? '') as { checkpoint: Checkpoint };
    const bytes = Buffer.from(checkpoint.signature, 'base64url');
    const other = (order - BigInt(`0x${bytes.subarray(32).toString('hex')}`)).toString(16).padStart(64, '0');
    const signature = Buffer.concat([bytes.subarray(0, 32), Buffer.from(other, 'hex')]).toString('base64url');
    expect(signedText(checkpoint)).toContain('tocsin.audit.checkpoint/1');
    expect(await isWhole(bytesOf(lines.with(place, checkpointLine({ ...checkpoint, signature }))), trusted)).toBe(
      false,
    );
  });
});
