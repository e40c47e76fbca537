import fc from 'fast-check';
import { expect, test } from 'vitest';
import ipaddr from 'ipaddr.js';
import { assertInNetworks, isInNetworks } from '../../../shared/kernel/networks.ts';

const v4 = fc.ipV4();
const v6 = fc.ipV6().filter((text) => ipaddr.isValid(text) && !ipaddr.IPv6.parse(text).isIPv4MappedAddress());
const range = fc.oneof(
  fc.tuple(v4, fc.nat(32)).map(([address, bits]) => `${address}/${bits}`),
  fc.tuple(v6, fc.nat(128)).map(([address, bits]) => `${address}/${bits}`),
  v4,
  v6,
);

const judge = (ip: string, network: string): boolean => {
  const address = ipaddr.parse(ip);
  const [base, bits] = network.includes('/')
    ? ipaddr.parseCIDR(network)
    : [ipaddr.parse(network), ipaddr.parse(network).kind() === 'ipv4' ? 32 : 128];
  return address.kind() === base.kind() && address.match(base as never, bits as number);
};

test('an address is in networks exactly where another library finds it in one of them', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 5 }), fc.oneof(v4, v6), (networks, ip) => {
      expect(isInNetworks(ip, networks)).toBe(networks.some((network) => judge(ip, network)));
    }),
  );
});

test('each address is in its own network, of any size', () => {
  fc.assert(
    fc.property(fc.oneof(v4, v6), fc.nat(128), (ip, bits) => {
      expect(isInNetworks(ip, [`${ip}/${ip.includes(':') ? bits : Math.min(bits, 32)}`])).toBe(true);
    }),
  );
});

test('a caller without networks comes from everywhere, and one that is bound from nowhere else', () => {
  expect(() => assertInNetworks({}, { ip: '198.51.100.7' })).not.toThrow();
  expect(() => assertInNetworks({ networks: ['192.0.2.1'] }, { ip: '192.0.2.1' })).not.toThrow();
  expect(() => assertInNetworks({ networks: ['192.0.2.1'] }, { ip: '198.51.100.7' })).toThrow(/may not be used/);
  expect(() => assertInNetworks({ networks: ['192.0.2.1'] }, { ip: '' })).toThrow(/may not be used/);
});
