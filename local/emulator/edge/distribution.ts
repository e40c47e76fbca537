import type { CloudAssembly } from '../assembly.ts';
import { deployedFiles, type ServedFile } from './files.ts';
import { viewerRequests, type Rewrite } from './viewer-request.ts';

export interface EdgeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Answers a request from a bucket; undefined where the behaviour of its path leads to the API. */
export type Edge = (method: string, path: string) => EdgeAnswer | undefined;

interface Behaviour {
  readonly matches: RegExp;
  readonly rewrite: Rewrite;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: the API. */
  readonly file: ((path: string) => ServedFile | undefined) | undefined;
}

/**
 * The distribution of the assembly in front of the gateway: its behaviours by path, its functions on viewer requests, its response headers,
 * and the files of its buckets. Whatever is not a bucket is the API of this run. Without a distribution every path is the API's.
 */
export const readEdge = (assembly: CloudAssembly): Edge => {
  const config = assembly.byType('AWS::CloudFront::Distribution')[0]?.properties['DistributionConfig'] as
    | Record<string, unknown>
    | undefined;
  if (!config) return () => undefined;
  const associated = viewerRequests(assembly);
  const files = filesByOrigin(assembly, list(config['Origins']));
  const behaviours = [...list(config['CacheBehaviors']), config['DefaultCacheBehavior'] as Record<string, unknown>].map(
    (each): Behaviour => ({
      matches: patternOf(String(each['PathPattern'] ?? '*')),
      rewrite: associated(list(each['FunctionAssociations'])),
      headers: headersOf(assembly, each['ResponseHeadersPolicyId']),
      file: files.get(String(each['TargetOriginId'])),
    }),
  );
  return (method, path) => {
    const behaviour = behaviours.find(({ matches }) => matches.test(path));
    if (!behaviour?.file) return undefined;
    const text = (status: number, body: string): EdgeAnswer => ({
      status,
      headers: { ...behaviour.headers, 'content-type': 'text/plain; charset=utf-8' },
      body: Buffer.from(body),
    });
    if (method !== 'GET' && method !== 'HEAD') return text(403, 'This path takes GET and HEAD only.\n');
    const found = behaviour.file(behaviour.rewrite(path));
    if (!found) return text(404, 'There is no such file.\n');
    return { status: 200, headers: { ...behaviour.headers, 'content-type': found.type }, body: found.body };
  };
};

const list = (value: unknown): readonly Record<string, unknown>[] =>
  (value ?? []) as readonly Record<string, unknown>[];

const filesByOrigin = (assembly: CloudAssembly, origins: readonly Record<string, unknown>[]) => {
  const buckets = assembly.byType('AWS::S3::Bucket').map(({ physicalId }) => physicalId);
  return new Map(
    origins.flatMap(({ Id, DomainName }) => {
      const bucket = buckets.find((name) => String(DomainName).startsWith(`${name}.s3.`));
      return bucket === undefined ? [] : [[String(Id), deployedFiles(assembly, bucket)] as const];
    }),
  );
};

/** `*` is any text and `?` any one character, as in the path patterns of CloudFront. */
const patternOf = (pattern: string): RegExp => {
  const source = `/${pattern.replace(/^\//, '')}`
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
};

interface HeadersPolicy {
  readonly SecurityHeadersConfig?: {
    readonly ContentSecurityPolicy?: { readonly ContentSecurityPolicy: string };
    readonly ContentTypeOptions?: object;
    readonly FrameOptions?: { readonly FrameOption: string };
    readonly ReferrerPolicy?: { readonly ReferrerPolicy: string };
    readonly StrictTransportSecurity?: {
      readonly AccessControlMaxAgeSec: number;
      readonly IncludeSubdomains?: boolean;
    };
  };
  readonly CustomHeadersConfig?: { readonly Items: readonly { readonly Header: string; readonly Value: string }[] };
}

const headersOf = (assembly: CloudAssembly, id: unknown): Readonly<Record<string, string>> => {
  const policy = assembly.byType('AWS::CloudFront::ResponseHeadersPolicy').find((each) => each.physicalId === id)
    ?.properties['ResponseHeadersPolicyConfig'] as HeadersPolicy | undefined;
  const security = policy?.SecurityHeadersConfig ?? {};
  const { StrictTransportSecurity: strict } = security;
  const headers: Readonly<Record<string, string | undefined>> = {
    'content-security-policy': security.ContentSecurityPolicy?.ContentSecurityPolicy,
    'x-content-type-options': security.ContentTypeOptions && 'nosniff',
    'x-frame-options': security.FrameOptions?.FrameOption,
    'referrer-policy': security.ReferrerPolicy?.ReferrerPolicy,
    'strict-transport-security':
      strict && `max-age=${strict.AccessControlMaxAgeSec}${strict.IncludeSubdomains ? '; includeSubDomains' : ''}`,
    ...Object.fromEntries((policy?.CustomHeadersConfig?.Items ?? []).map(({ Header, Value }) => [Header, Value])),
  };
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
};
