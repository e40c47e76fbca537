import { gunzipSync, inflateSync } from 'node:zlib';
import { mediaTypeOf } from '../../../shared/http/request.ts';
import { parseJson } from '../../../shared/http/json.ts';
import type { Request } from '../../../shared/kernel/caller.ts';
import { invalid, tooLarge } from '../../../shared/kernel/errors.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { ExportMetrics, taken } from './otlp.ts';
import { decodedExport, PROTOBUF } from './otlp-protobuf.ts';
import { MAX_EXPORT_BYTES } from './point.ts';
import { MAX_SERIES } from './series-limit.ts';
import type { RecordMetricsDeps } from './record-metrics.ts';

export interface Exported {
  readonly partialSuccess?: { readonly rejectedDataPoints: string; readonly errorMessage: string };
}

/** An export as it came. */
export interface SentExport {
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
}

/**
 * Records an export of an OpenTelemetry SDK, in JSON or protobuf. Data points that cannot be recorded are reported with reasons as a
 * partial success, which an SDK logs and does not send again. The same export again changes nothing. Throws
 * `body.malformed`, `body.invalid` and `body.too_large`.
 */
export const exportMetrics = async (
  { segments, clock, mayAdd }: RecordMetricsDeps,
  { caller }: Pick<Request, 'caller'>,
  { bytes, contentType }: SentExport,
): Promise<Exported> => {
  const now = clock.now();
  const plain = inflated(bytes);
  const request = mediaTypeOf(contentType) === PROTOBUF ? decodedExport(plain) : jsonExport(plain);
  const { measured, rejected, reason } = taken(request, now);
  const kept = measured.filter((series) => mayAdd(series, now));
  const call = sha256(caller.id, Buffer.from(plain).toString('latin1')).slice(0, 24);
  if (kept.length > 0) await segments.write(kept, call, now);
  const beyond = measured.length - kept.length;
  if (rejected + beyond === 0) return {};
  const limit = beyond > 0 ? `a metric has at most ${MAX_SERIES} series an hour (${beyond})` : undefined;
  const errorMessage = [limit, reason].filter((each) => each !== undefined).join('; ');
  return { partialSuccess: { rejectedDataPoints: String(rejected + beyond), errorMessage } };
};

const jsonExport = (bytes: Uint8Array): unknown => {
  if (bytes.length === 0) throw invalid('body.missing', 'The request needs a body.');
  const request = parseJson(textIn(bytes));
  if (ExportMetrics.safeParse(request).success) return request;
  throw invalid('body.invalid', 'The body is not an ExportMetricsServiceRequest.', {
    errors: [{ pointer: '/resourceMetrics', detail: 'must be an array of objects' }],
  });
};

const textIn = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid('body.encoding', 'The body is not UTF-8. Send it in UTF-8.');
  }
};

/** Neither JSON nor our messages begin like this. */
const GZIP = [0x1f, 0x8b];
const ZLIB = 0x78;

/** Where the gateway has not inflated a body, we do. */
const inflated = (bytes: Uint8Array): Uint8Array => {
  const inflate =
    bytes[0] === GZIP[0] && bytes[1] === GZIP[1] ? gunzipSync : bytes[0] === ZLIB ? inflateSync : undefined;
  if (!inflate) return bytes;
  try {
    return inflate(bytes, { maxOutputLength: MAX_EXPORT_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge('body.too_large', `The body is larger than ${MAX_EXPORT_BYTES} bytes. Send less at a time.`);
    }
    throw invalid('body.malformed', 'The body is compressed but cannot be decompressed.');
  }
};
