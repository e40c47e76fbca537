import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A target that requests must not reach. */
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

/** The global unicast range of IPv6. https://www.iana.org/assignments/ipv6-address-space */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/**
 * True for an address of the open internet or of the allowed ranges. False for loopback, private, link-local (with the metadata
 * of the cloud), shared, multicast and reserved addresses, for an IPv6 address that maps to one of them (RFC 6890, RFC 4193,
 * RFC 6052, RFC 3056), and for IPv6 addresses that IANA has not assigned to the internet.
 */
export const mayReach = (address: string, allowed: Ranges): boolean => {
  if (isAddressIn(address, allowed)) return true;
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(GLOBAL_UNICAST));
};

const refuse = (host: string, address: string): ForbiddenAddress =>
  new ForbiddenAddress(`${host} is ${address === host ? '' : `at ${address}, `}an address that may not be reached`);

/** True where a host is an address in one of the ranges. */
export const isAddressIn = (host: string, ranges: Ranges): boolean => {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) === 0) return false;
  const parsed = ipaddr.process(bare);
  return ranges.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range as never, bits));
};

/** Throws for a host that is a forbidden address. A name is checked when it is resolved. */
export const checkHost = (host: string, allowed: Ranges): void => {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0 && !mayReach(bare, allowed)) throw refuse(bare, bare);
};

/**
 * Resolves a name for a socket that is about to open, and returns only allowed addresses. The checked address is the one that
 * the socket connects to, so a name that changes its answer gains nothing. One forbidden address refuses them all.
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
