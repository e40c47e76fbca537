/** Where a request goes, and under which name and region it is signed. */
export interface Signed {
  readonly endpoint: URL;
  readonly service: string;
  readonly region: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

// A signing key is good for a day, a region and a service; the last of each service and region is kept.
const derived = new Map<string, { readonly scope: string; readonly secret: string; readonly key: Buffer }>();

/**
 * Headers of a POST request, signed with Signature Version 4 by the credentials of the environment. `headers` come by
 * lower-case name. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export const signedHeaders = (
  { endpoint, service, region, environment }: Signed,
  headers: Readonly<Record<string, string>>,
  body: string,
  at: Date,
): Record<string, string> => {
  const { createHmac, hash: digest } = process.getBuiltinModule('node:crypto');
  const hash = (text: string): string => digest('sha256', text);
  const mac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const time = at.toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const token = environment['AWS_SESSION_TOKEN'];
  const all: Record<string, string> = {
    ...headers,
    host: endpoint.host,
    'x-amz-date': time,
    ...(token && { 'x-amz-security-token': token }),
  };
  const names = Object.keys(all).sort();
  const lines = names.map((name) => `${name}:${all[name]}\n`).join('');
  const canonical = `POST\n${endpoint.pathname}\n\n${lines}\n${names.join(';')}\n${hash(body)}`;
  const secret = `AWS4${environment['AWS_SECRET_ACCESS_KEY']}`;
  let signing = derived.get(`${service} ${region}`);
  if (signing?.scope !== scope || signing.secret !== secret) {
    const key = scope.split('/').reduce<string | Buffer>((above, part) => mac(above, part), secret) as Buffer;
    signing = { scope, secret, key };
    derived.set(`${service} ${region}`, signing);
  }
  const signature = mac(signing.key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash(canonical)}`).toString('hex');
  return {
    ...all,
    'content-length': String(Buffer.byteLength(body)),
    authorization: `AWS4-HMAC-SHA256 Credential=${environment['AWS_ACCESS_KEY_ID']}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
};

/** The endpoint of a service in the region of the environment, or what `AWS_ENDPOINT_URL_…` says instead. */
export const endpointOf = (
  host: string,
  variable: string,
  environment: Readonly<Record<string, string | undefined>>,
): Pick<Signed, 'endpoint' | 'region'> => {
  const region = environment['AWS_REGION'] ?? 'us-east-1';
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const given = environment[`AWS_ENDPOINT_URL_${variable}`] ?? environment['AWS_ENDPOINT_URL'];
  return { region, endpoint: new URL(given ?? `https://${host}.${region}.${suffix}`) };
};
