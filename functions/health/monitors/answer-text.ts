import type { IncomingHttpHeaders } from 'node:http';
import type { Transform } from 'node:stream';
import { TextDecoder } from 'node:util';
import zlib from 'node:zlib';

/** As much of an answer is read, before and after it is decoded. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** The body of an answer as text. */
export interface AnswerText {
  readonly text: string;
  /** It is longer than what is read. */
  readonly isCut: boolean;
  /** Why it cannot be read at all. */
  readonly problem?: string;
  /** Some bytes are not of its charset: only ASCII in the text can be relied on. */
  readonly isFlawed: boolean;
}

/** Layers of encoding that are taken off. */
const MAX_CODINGS = 4;

/** A decoder for each content coding; one that was fed a body that is cut gives what it can. */
const DECODERS: Readonly<Record<string, (body: Buffer, isCut: boolean) => Transform>> = {
  gzip: (_, isCut) => zlib.createGunzip(isCut ? { finishFlush: zlib.constants.Z_SYNC_FLUSH } : {}),
  deflate: (body, isCut) => {
    const options = isCut ? { finishFlush: zlib.constants.Z_SYNC_FLUSH } : {};
    // RFC 9110 means the format of zlib; servers also send bare deflate.
    return ((body[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate(options) : zlib.createInflateRaw(options);
  },
  br: (_, isCut) => zlib.createBrotliDecompress(isCut ? { finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH } : {}),
  zstd: (_, isCut) => zlib.createZstdDecompress(isCut ? { finishFlush: zlib.constants.ZSTD_e_flush } : {}),
};

interface Bytes {
  readonly bytes: Buffer;
  readonly isCut: boolean;
}

/** One layer taken off, at most `MAX_BODY_BYTES` of it: what grows beyond that is not unpacked any further. */
const unpacked = async ({ bytes, isCut }: Bytes, coding: string, signal: AbortSignal): Promise<Bytes> => {
  const decoder = DECODERS[coding]?.(bytes, isCut);
  if (!decoder) throw new Error(`its Content-Encoding ${coding} is not known`);
  const chunks: Buffer[] = [];
  let length = 0;
  const stop = (): void => void decoder.destroy(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  decoder.end(bytes);
  try {
    for await (const chunk of decoder as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_BODY_BYTES) break;
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw new Error(`it is not ${coding}, as its Content-Encoding says`, { cause });
  } finally {
    signal.removeEventListener('abort', stop);
  }
  const whole = Buffer.concat(chunks);
  return { bytes: whole.subarray(0, MAX_BODY_BYTES), isCut: isCut || whole.length > MAX_BODY_BYTES };
};

const MARKS = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
] as const;

const markedAs = (bytes: Buffer): string | undefined =>
  MARKS.find(([, mark]) => mark.every((byte, i) => bytes[i] === byte))?.[0];

/** The charset that the head of an HTML or XML document names; it lies within its first 1,024 bytes. */
const namedInside = (bytes: Buffer): string | undefined => {
  const head = bytes.subarray(0, 1_024).toString('latin1');
  const named =
    /^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([\w.:-]{1,40})/i.exec(head) ??
    /<meta\b[^>]{0,200}?\bcharset\s*=\s*(?:["']\s*)?([\w.:-]{1,40})/i.exec(head);
  // A head that can be read as ASCII is not UTF-16, whatever it says.
  return named?.[1]?.replace(/^utf-?16.*$/i, 'utf-8');
};

/** Text without a mark whose first character is ASCII: a zero byte beside it tells UTF-16 (RFC 4627, 3). */
const guessedFromZeros = (bytes: Buffer): string | undefined =>
  bytes.length < 2 ? undefined : bytes[0] === 0 ? 'utf-16be' : bytes[1] === 0 ? 'utf-16le' : undefined;

const decoderOf = (charset: string, fatal: boolean): TextDecoder | undefined => {
  try {
    return new TextDecoder(charset, { fatal });
  } catch {
    return undefined;
  }
};

/** The text, or undefined where the bytes are not of the charset. A character that is cut off at the end is left out. */
const strictly = (charset: string, { bytes, isCut }: Bytes): string | undefined => {
  try {
    return decoderOf(charset, true)?.decode(bytes, { stream: isCut });
  } catch {
    return undefined;
  }
};

const textOf = (body: Bytes, contentType: string | undefined): AnswerText => {
  const { bytes, isCut } = body;
  const declared = /;\s*charset\s*=\s*(?:["']\s*)?([^\s;"',]{1,40})/i.exec(contentType ?? '')?.[1];
  const charset = markedAs(bytes) ?? declared ?? guessedFromZeros(bytes) ?? namedInside(bytes);
  if (charset === undefined) {
    const text = strictly('utf-8', body) ?? strictly('windows-1252', body) ?? bytes.toString('latin1');
    return { text, isCut, isFlawed: false };
  }
  const text = strictly(charset, body);
  if (text !== undefined) return { text, isCut, isFlawed: false };
  const lenient = decoderOf(charset, false);
  if (lenient) return { text: lenient.decode(bytes), isCut, isFlawed: true };
  const asUtf8 = strictly('utf-8', body);
  return asUtf8 === undefined
    ? { text: '', isCut, isFlawed: true, problem: `its charset ${charset} is not known` }
    : { text: asUtf8, isCut, isFlawed: false };
};

/**
 * An answer as text: its content codings taken off, and decoded by its byte order mark, the charset that it declares, the
 * one that its head names, as UTF-8, or as windows-1252, in this order. https://encoding.spec.whatwg.org/
 */
export const answerText = async (
  body: Bytes,
  headers: Pick<IncomingHttpHeaders, 'content-encoding' | 'content-type'>,
  signal: AbortSignal,
): Promise<AnswerText> => {
  const codings = (headers['content-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase().replace(/^x-/, ''))
    .filter((coding) => coding !== '' && coding !== 'identity')
    .reverse();
  let plain = body;
  try {
    if (codings.length > MAX_CODINGS) throw new Error(`it is encoded ${codings.length} times`);
    for (const coding of body.bytes.length > 0 ? codings : []) plain = await unpacked(plain, coding, signal);
  } catch (error) {
    signal.throwIfAborted();
    return { text: '', isCut: body.isCut, isFlawed: true, problem: (error as Error).message };
  }
  return textOf(plain, headers['content-type']);
};
