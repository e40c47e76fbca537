import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerText, MAX_BODY_BYTES } from '../../../functions/health/monitors/answer-text.ts';

const signal = new AbortController().signal;
const read = (body: Buffer, headers: Record<string, string> = {}, isCut = false) =>
  answerText({ bytes: body, isCut }, headers, signal);

const CODINGS: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  gzip: (body) => zlib.gzipSync(body),
  'x-gzip': (body) => zlib.gzipSync(body),
  deflate: (body) => zlib.deflateSync(body),
  'Deflate ': (body) => zlib.deflateRawSync(body),
  // A server compresses on the fly at a low quality. The highest, which is the default, takes seconds here.
  br: (body) => zlib.brotliCompressSync(body, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
  zstd: (body) => zlib.zstdCompressSync(body),
  identity: (body) => body,
};

describe('the text of an answer', () => {
  it('is that which was encoded, whatever codings a server applied in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme' }).filter((text) => !text.startsWith('\ufeff')),
        fc.array(fc.constantFrom(...Object.keys(CODINGS)), { maxLength: 4 }),
        async (text, codings) => {
          const body = codings.reduce<Buffer>((bytes, coding) => CODINGS[coding]?.(bytes) ?? bytes, Buffer.from(text));
          const headers = { 'content-encoding': codings.join(','), 'content-type': 'text/plain; charset=utf-8' };
          expect(await read(body, headers)).toMatchObject({ text, isCut: false, isFlawed: false });
        },
      ),
    );
  });

  it.each(Object.keys(CODINGS).filter((coding) => coding !== 'identity'))(
    'is bounded where a body of %s grows without bound, and told to be cut',
    async (coding) => {
      const bomb = CODINGS[coding]?.(Buffer.alloc(64 * MAX_BODY_BYTES, 'x')) ?? Buffer.of();
      expect(bomb.length).toBeLessThan(MAX_BODY_BYTES);
      const { text, isCut } = await read(bomb, { 'content-encoding': coding });
      expect([text.length, isCut]).toEqual([MAX_BODY_BYTES, true]);
    },
  );

  it.each(['gzip', 'deflate', 'br', 'zstd'])('begins as what was read of a body of %s that is cut', async (coding) => {
    const text = Array.from({ length: 60_000 }, (_, i) => `line ${i * 7919}\n`).join('');
    const body = CODINGS[coding]?.(Buffer.from(text)) ?? Buffer.of();
    const found = await read(body.subarray(0, body.length >> 1), { 'content-encoding': coding }, true);
    expect(found).toMatchObject({ isCut: true });
    expect(found.problem).toBeUndefined();
    expect(found.text.length).toBeGreaterThan(1_000);
    expect(text.startsWith(found.text)).toBe(true);
  });

  it.each([
    ['compress', Buffer.from('x'), 'its Content-Encoding compress is not known'],
    ['gzip', Buffer.from('plain'), 'it is not gzip, as its Content-Encoding says'],
    ['br', Buffer.from('plain'), 'it is not br, as its Content-Encoding says'],
    ['gzip', zlib.gzipSync('whole').subarray(0, 15), 'it is not gzip, as its Content-Encoding says'],
    ['gzip,gzip,gzip,gzip,gzip', Buffer.from('x'), 'it is encoded 5 times'],
  ])('cannot be read where it is encoded as %s wrongly', async (coding, body, problem) => {
    expect(await read(body, { 'content-encoding': coding })).toMatchObject({ text: '', problem });
  });

  const latin = Buffer.from([0x47, 0x72, 0xf6, 0xdf, 0x65]);
  const head = (text: string) => Buffer.concat([Buffer.from(text), latin]);
  it.each<[string, Buffer, string | undefined, string]>([
    ['by its header', latin, 'text/html; charset=ISO-8859-1', 'Größe'],
    ['by its header in quotes', latin, 'text/html;charset="latin1"; x=y', 'Größe'],
    ['by windows-1251', Buffer.from([0xcf, 0xf0, 0xe8]), 'text/html; charset=windows-1251', 'При'],
    ['by Shift_JIS', Buffer.from([0x93, 0xfa, 0x96, 0x7b]), 'text/plain; charset=Shift_JIS', '日本'],
    ['by its mark, whatever the header says', Buffer.from('\ufeff{"a":"ö"}'), 'a/b; charset=latin1', '{"a":"ö"}'],
    ['by its mark in UTF-16', Buffer.from('\ufeff{"a":"ö"}', 'utf16le'), undefined, '{"a":"ö"}'],
    ['by its zeros in UTF-16', Buffer.from('{"a":"ö"}', 'utf16le'), 'application/json', '{"a":"ö"}'],
    ['by meta charset', head('<meta charset=iso-8859-1>'), 'text/html', '<meta charset=iso-8859-1>Größe'],
    [
      'by meta http-equiv',
      head('<META http-equiv="Content-Type" content="text/html; charset=latin1">'),
      'text/html',
      '<META http-equiv="Content-Type" content="text/html; charset=latin1">Größe',
    ],
    [
      'by its XML declaration',
      head('<?xml version="1.0" encoding="ISO-8859-1"?>'),
      'text/xml',
      '<?xml version="1.0" encoding="ISO-8859-1"?>Größe',
    ],
    ['as UTF-8 where nothing says', Buffer.from('Größe €'), 'text/html', 'Größe €'],
    ['as windows-1252 where it is no UTF-8', latin, 'text/html', 'Größe'],
    ['as UTF-8 where its charset is not known', Buffer.from('Größe'), 'text/html; charset=klingon', 'Größe'],
  ])('is decoded %s', async (_, body, type, text) => {
    expect(await read(body, type === undefined ? {} : { 'content-type': type })).toMatchObject({
      text,
      isFlawed: false,
    });
  });

  it('cannot be read where neither its charset is known nor UTF-8 does', async () => {
    expect(await read(latin, { 'content-type': 'text/html; charset=klingon' })).toMatchObject({
      problem: 'its charset klingon is not known',
    });
  });

  it('is flawed where bytes are not of its charset, and not where the last character is cut', async () => {
    const type = { 'content-type': 'text/html; charset=utf-8' };
    expect(await read(latin, type)).toMatchObject({ isFlawed: true });
    expect(await read(Buffer.from('aö').subarray(0, 2), type, true)).toMatchObject({ text: 'a', isFlawed: false });
  });
});
