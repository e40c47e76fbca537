import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A target that must not be reached from here. */
class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
}

export type Ranges = readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];

/** Ranges such as `127.0.0.0/8,::1/128`, or `none`. */
export const rangesIn = (text: string): Ranges =>
  text
    .split(',')
    .map((range) => range.trim())
    .filter((range) => range !== '' && range !== 'none')
    .map((range) => ipaddr.parseCIDR(range));

/** All of IPv6 that is given out as global unicast. https://www.iana.org/assignments/ipv6-address-space */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an address may be reached: one of the open internet, or one of the given ranges. Loopback, private, link-local
 * (with the metadata of the cloud), shared, multicast and reserved addresses are not, nor an IPv6 address that stands for
 * one of them (RFC 6890, RFC 4193, RFC 6052, RFC 3056), nor any IPv6 address beyond what IANA has given out for the internet.
 */
export const mayReach = (address: string, allowed: Ranges): boolean => {
  if (isAddressIn(address, allowed)) return true;
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(GLOBAL_UNICAST));
};

const refuse = (host: string, address: string): ForbiddenAddress =>
  new ForbiddenAddress(`${host} is ${address === host ? '' : `at ${address}, `}an address that may not be reached`);

/** Whether a host is an address in one of the ranges. */
export const isAddressIn = (host: string, ranges: Ranges): boolean => {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) === 0) return false;
  const parsed = ipaddr.process(bare);
  return ranges.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range as never, bits));
};

/** Throws for a host that is an address which must not be reached; names are judged when they are looked up. */
export const checkHost = (host: string, allowed: Ranges): void => {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0 && !mayReach(bare, allowed)) throw refuse(bare, bare);
};

/**
 * Looks a name up for a socket that is about to be opened, and gives it only addresses that may be reached. What is judged
 * is what is connected to, so a name that answers otherwise the next time gains nothing. One forbidden address among the
 * answers refuses them all.
 */
export const guardedLookup =
  (allowed: Ranges): LookupFunction =>
  (host, options, callback) => {
    dns.lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [], 0);
      const forbidden = addresses.find(({ address }) => !mayReach(address, allowed));
      if (forbidden) return callback(refuse(host, forbidden.address), [], 0);
      const [first] = addresses;
      if (!first) return callback(new Error(`${host} has no address`), [], 0);
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
