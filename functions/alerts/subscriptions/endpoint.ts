import { BlockList, isIP } from 'node:net';
import type { Protocol } from './subscription.ts';

/** What of an endpoint depends on the stage. */
export interface EndpointRules {
  /** Plain http, and hosts that only this machine or network reaches: for the local run. */
  readonly allowsPrivate: boolean;
  /** The topic that is subscribed to; queues and functions must lie in its partition. */
  readonly topicArn: string;
}

/**
 * Why an endpoint will not do for its protocol; undefined where it will. A host that is a name is judged by the name alone:
 * SNS looks it up, from a network of its own where our private addresses lead nowhere.
 */
export const endpointProblem = (
  protocol: Protocol,
  endpoint: string,
  { allowsPrivate, topicArn }: EndpointRules,
): string | undefined => {
  switch (protocol) {
    case 'email':
      return isEmail(endpoint) ? undefined : 'must be an e-mail address, such as night.shift@example.com';
    case 'sms':
      return /^\+[1-9]\d{6,14}$/.test(endpoint) ? undefined : 'must be a phone number in E.164, such as +4930901820';
    case 'http':
      return allowsPrivate ? urlProblem('http:', endpoint, allowsPrivate) : 'must use https on this stage';
    case 'https':
      return urlProblem('https:', endpoint, allowsPrivate);
    case 'sqs':
    case 'lambda':
      return arnProblem(protocol, endpoint, topicArn);
  }
};

const isEmail = (text: string): boolean =>
  text.length <= 254 && /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(text);

const urlProblem = (scheme: string, text: string, allowsPrivate: boolean): string | undefined => {
  if (!URL.canParse(text)) return `must be a URL that begins with ${scheme}//`;
  const url = new URL(text);
  if (url.protocol !== scheme) return `must be a URL that begins with ${scheme}//`;
  if (url.username !== '' || url.password !== '') return 'must carry no user name and no password';
  if (url.hash !== '') return 'must carry no fragment';
  // The parser has already turned every spelling of an address (octal, decimal, hexadecimal) into the usual one.
  if (!allowsPrivate && isPrivateHost(url.hostname)) return 'must be a host that the internet reaches';
  return undefined;
};

/** Addresses that lead into this machine, its network or its cloud's metadata (RFC 6890 and RFC 4193), and multicast. */
const notPublic = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  notPublic.addSubnet(network, bits, 'ipv4');
}
/** Of IPv6 only 2000::/3 is public, and of that not what wraps an IPv4 address or documents. */
const publicV6 = new BlockList();
publicV6.addSubnet('2000::', 3, 'ipv6');
for (const [network, bits] of [
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const) {
  notPublic.addSubnet(network, bits, 'ipv6');
}

const isPrivateHost = (hostname: string): boolean => {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  switch (isIP(host)) {
    case 4:
      return notPublic.check(host, 'ipv4');
    case 6:
      return !publicV6.check(host, 'ipv6') || notPublic.check(host, 'ipv6');
    default:
      return !host.includes('.') || /(^|\.)(localhost|local|internal|lan|home\.arpa|intranet|corp)$/.test(host);
  }
};

const arnProblem = (service: 'sqs' | 'lambda', arn: string, topicArn: string): string | undefined => {
  const resource =
    service === 'sqs' ? '[A-Za-z0-9_-]{1,80}(\\.fifo)?' : 'function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_$-]+)?';
  const [, partition] = new RegExp(`^arn:(aws[a-z-]*):${service}:[a-z0-9-]+:\\d{12}:${resource}$`).exec(arn) ?? [];
  if (!partition) return `must be the ARN of ${service === 'sqs' ? 'a queue' : 'a function'}`;
  if (partition !== topicArn.split(':')[1]) return `must lie in the partition of the topic, ${topicArn.split(':')[1]}`;
  if (service === 'sqs' && arn.endsWith('.fifo'))
    return 'must be a standard queue; a FIFO queue takes a FIFO topic only';
  return undefined;
};
