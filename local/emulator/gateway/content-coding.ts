import { gunzipSync, inflateSync } from 'node:zlib';
import type { Api } from './api.ts';
import { Refusal } from './refusal.ts';
import { header, type GatewayRequest } from './request.ts';

const CODINGS: Readonly<Record<string, (body: Buffer, options: { maxOutputLength: number }) => Buffer>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
};

/**
 * The request with its body as it was before it was compressed, where the API takes compressed ones; of at most `limitBytes`.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gzip-compression-decompression.html
 */
export function decoded(
  api: Pick<Api, 'takesCompressed'>,
  request: GatewayRequest,
  limitBytes: number,
): GatewayRequest {
  const coding = header(request, 'content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (!api.takesCompressed || coding === 'identity') return request;
  const inflate = CODINGS[coding];
  if (!inflate) throw new Refusal('UNSUPPORTED_MEDIA_TYPE');
  try {
    return { ...request, body: inflate(request.body, { maxOutputLength: limitBytes }) };
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new Refusal(isTooLarge ? 'REQUEST_TOO_LARGE' : 'BAD_REQUEST_BODY');
  }
}
