import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Assembly, LocalClock } from '../../types.ts';
import { AwsError } from '../core/aws-error.ts';
import { openDurableMap } from '../core/durable-map.ts';
import type { WireRequest, WireResponse } from '../core/http-server.ts';

interface StoredObject {
  readonly base64: string;
  readonly etag: string;
  readonly modifiedAt: number;
  /** The headers that were sent with it and come back with it. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A file that a distribution serves. */
export interface ServedFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface S3Service {
  /** The bucket and the key of a request in path style; undefined where its first part names no bucket. */
  placeOf(path: string): { readonly bucket: string; readonly key: string } | undefined;
  operationOf(method: string): string;
  /** Throws `AwsError`. */
  handle(
    operation: string,
    place: { readonly bucket: string; readonly key: string },
    request: WireRequest,
  ): WireResponse;
  /** An object by the path of a distribution, out of the buckets that CloudFront may read. */
  served(path: string): ServedFile | undefined;
  stop(): void;
}

const OPERATIONS: Readonly<Record<string, string>> = {
  DELETE: 'DeleteObject',
  GET: 'GetObject',
  HEAD: 'HeadObject',
  PUT: 'PutObject',
};

const KEPT_HEADERS = /^(content-type|content-encoding|cache-control|x-amz-meta-.+)$/;

/**
 * S3 for the buckets of the template: put, get, head and delete of whole objects, with the conditions `If-Match` and `If-None-Match: *`.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export function startS3(options: {
  readonly assembly: Assembly;
  readonly clock: LocalClock;
  readonly directory: string | undefined;
}): S3Service {
  const { assembly, clock, directory } = options;
  const objects = openDurableMap<StoredObject>(directory && join(directory, 'objects.journal'));
  const buckets = new Set(assembly.byType('AWS::S3::Bucket').map(({ physicalId }) => physicalId));
  const served = assembly
    .byType('AWS::S3::BucketPolicy')
    .filter(({ properties }) => JSON.stringify(properties['PolicyDocument']).includes('cloudfront.amazonaws.com'))
    .map(({ properties }) => String(properties['Bucket']));

  function put(name: string, { headers, body }: WireRequest): WireResponse {
    const stored = objects.get(name);
    if (headers['if-none-match'] === '*' && stored) throw preconditionFailed();
    if (headers['if-match'] !== undefined) {
      if (!stored) throw noSuchKey();
      if (stored.etag !== headers['if-match']) throw preconditionFailed();
    }
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const kept = Object.entries(headers).filter(([header]) => KEPT_HEADERS.test(header));
    objects.put(name, {
      base64: body.toString('base64'),
      etag,
      modifiedAt: clock.now(),
      headers: Object.fromEntries(kept.map(([header, value]) => [header, String(value)])),
    });
    return { status: 200, headers: { etag }, body: '' };
  }

  function read(name: string, withBody: boolean): WireResponse {
    const stored = objects.get(name);
    if (!stored) throw noSuchKey();
    return {
      status: 200,
      headers: { ...stored.headers, etag: stored.etag, 'last-modified': new Date(stored.modifiedAt).toUTCString() },
      body: withBody ? Buffer.from(stored.base64, 'base64') : '',
    };
  }

  return {
    placeOf(path) {
      const [, bucket = '', key = ''] = /^\/([^/]+)\/(.*)$/.exec(path) ?? [];
      return buckets.has(bucket) ? { bucket, key: keyIn(key) } : undefined;
    },
    operationOf: (method) => OPERATIONS[method] ?? method,
    handle(operation, { bucket, key }, request) {
      const name = `${bucket}/${key}`;
      switch (operation) {
        case 'DeleteObject':
          objects.delete(name);
          return { status: 204, headers: {}, body: '' };
        case 'PutObject':
          return put(name, request);
        case 'GetObject':
        case 'HeadObject':
          return read(name, operation === 'GetObject');
        default:
          throw new AwsError('NotImplemented', `The local S3 does not know ${operation}`, 501);
      }
    },
    served(path) {
      const key = keyIn(path.slice(1));
      const stored = served.map((bucket) => objects.get(`${bucket}/${key}`)).find(Boolean);
      return (
        stored && {
          headers: { ...stored.headers, etag: stored.etag },
          body: Buffer.from(stored.base64, 'base64'),
        }
      );
    },
    stop: () => objects.close(),
  };
}

/** A key as it is in a path. What is not percent-encoded UTF-8 is taken as it is, and names no object. */
const keyIn = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

const noSuchKey = (): AwsError => new AwsError('NoSuchKey', 'The specified key does not exist.', 404);

const preconditionFailed = (): AwsError =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);

/** The body of a refusal. */
export const s3Error = ({ code, message }: AwsError, requestId: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>${requestId}</RequestId></Error>`;
