import { lookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import { BlockList, isIP, isIPv6 } from 'node:net';

/** Networks of IPv4 that nobody on the public internet is in (IANA special-purpose registry). */
const PRIVATE_IPV4 = [
  '0.0.0.0/8', // This network.
  '10.0.0.0/8',
  '100.64.0.0/10', // Shared by customers of a carrier.
  '127.0.0.0/8',
  '169.254.0.0/16', // Link-local, where clouds tell machines their secrets.
  '172.16.0.0/12',
  '192.0.0.0/24', // Protocol assignments.
  '192.0.2.0/24', // Documentation, as are 198.51.100 and 203.0.113.
  '192.88.99.0/24', // Once 6to4.
  '192.168.0.0/16',
  '198.18.0.0/15', // Benchmarks.
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4', // Multicast.
  '240.0.0.0/4', // Reserved, and broadcast.
] as const;

/** The one network of IPv6 that is the public internet; within it, those that carry an IPv4 address or nobody's. */
const PUBLIC_IPV6 = '2000::/3';
const PRIVATE_IPV6 = [
  '2001::/23', // Protocol assignments, Teredo among them.
  '2001:db8::/32', // Documentation.
  '2002::/16', // 6to4.
  '3fff::/20', // Documentation.
] as const;

function listOf(networks: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

const privateIpv4 = listOf(PRIVATE_IPV4, 'ipv4');
const publicIpv6 = listOf([PUBLIC_IPV6], 'ipv6');
const privateIpv6 = listOf(PRIVATE_IPV6, 'ipv6');

/** Whether an address, numeric, is one of the public internet. An IPv4 address in the clothes of an IPv6 one is not. */
export function isPublicAddress(address: string): boolean {
  if (isIPv6(address)) return publicIpv6.check(address, 'ipv6') && !privateIpv6.check(address, 'ipv6');
  return isIP(address) === 4 && !privateIpv4.check(address, 'ipv4');
}

/** The name leads where we do not go. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

export type Resolve = (name: string) => Promise<LookupAddress[]>;

/** The addresses that a host name stands for, by the resolver of the machine. */
export const resolveName: Resolve = (name) => lookup(name, { all: true, order: 'verbatim' });

/**
 * What a host name resolves to, if all of it may be asked: one private address among public ones is a trap. Connect to
 * these very addresses, for the name may mean others a moment later.
 * @throws AddressRefused; whatever the resolver throws for a name that is nobody's
 */
export async function allowedAddresses(
  hostname: string,
  { allows, resolve }: { allows: (address: string) => boolean; resolve: Resolve },
): Promise<LookupAddress[]> {
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(name);
  const addresses = family === 0 ? await resolve(name) : [{ address: name, family }];
  const refused = addresses.find(({ address }) => !allows(address));
  if (refused !== undefined || addresses.length === 0) throw new AddressRefused(`${name} is not public.`);
  return addresses;
}
