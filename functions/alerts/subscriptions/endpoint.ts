import { isIP } from 'node:net';
import { mayReach } from '../../../shared/http/address.ts';
import type { Protocol } from './subscription.ts';

/** The rules for endpoints that depend on the stage. */
export interface EndpointRules {
  /** Allows plain http, and hosts that only this machine or network reaches: for the local run. */
  readonly allowsPrivate: boolean;
  /** The topic that is subscribed to; queues and functions must be in its partition. */
  readonly topicArn: string;
}

/**
 * Why an endpoint is refused for its protocol; undefined where it is valid. A host name is judged by the name alone: SNS resolves
 * it in a network of its own, where our private addresses lead nowhere.
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

const isPrivateHost = (hostname: string): boolean => {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  if (isIP(host) !== 0) return !mayReach(host, []);
  return !host.includes('.') || /(^|\.)(localhost|local|internal|lan|home\.arpa|intranet|corp)$/.test(host);
};

const arnProblem = (service: 'sqs' | 'lambda', arn: string, topicArn: string): string | undefined => {
  const resource =
    service === 'sqs' ? '[A-Za-z0-9_-]{1,80}(\\.fifo)?' : 'function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_$-]+)?';
  const [, partition] = new RegExp(`^arn:(aws[a-z-]*):${service}:[a-z0-9-]+:\\d{12}:${resource}$`).exec(arn) ?? [];
  if (!partition) return `must be the ARN of ${service === 'sqs' ? 'a queue' : 'a function'}`;
  if (partition !== topicArn.split(':')[1]) return `must be in the partition of the topic, ${topicArn.split(':')[1]}`;
  if (service === 'sqs' && arn.endsWith('.fifo'))
    return 'must be a standard queue; a FIFO queue takes a FIFO topic only';
  return undefined;
};
