import { BlockList, isIPv6 } from 'node:net';
import type { Caller, Origin } from './caller.ts';
import { forbidden } from './errors.ts';

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

/** True for an address in one of the networks: addresses, or ranges as RFC 4632 and RFC 4291 write them (`192.0.2.0/24`, `2001:db8::/32`). */
export const isInNetworks = (ip: string, networks: readonly string[]): boolean => {
  const family = familyOf(ip);
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    // A range of IPv6 would take in the addresses of IPv4 that are mapped into it.
    if (familyOf(address) !== family) continue;
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list.check(ip, family);
};

/** Refuses with `auth.network` a key that is bound to networks, and comes from none of them. */
export const assertInNetworks = ({ networks }: Pick<Caller, 'networks'>, { ip }: Pick<Origin, 'ip'>): void => {
  if (networks === undefined || networks.length === 0 || isInNetworks(ip, networks)) return;
  throw forbidden('auth.network', 'The key may not be used from here. Use it from a network that it is bound to.');
};
