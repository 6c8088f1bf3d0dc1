import assert from 'node:assert/strict';
import { AddressRefused, allowedAddresses, isPublicAddress } from '#gateways/addresses.ts';
import { addressFault } from '#domain/outgoing.ts';

const PUBLIC = [
  '8.8.8.8',
  '1.1.1.1',
  '172.15.255.255',
  '172.32.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '2606:4700::1111',
];

const NOT_PUBLIC: Readonly<Record<string, string>> = {
  '0.0.0.0': 'this network',
  '0.1.2.3': 'this network',
  '10.0.0.1': 'private',
  '100.64.0.1': 'a carrier’s',
  '127.0.0.1': 'loopback',
  '127.255.255.254': 'loopback',
  '169.254.169.254': 'link-local',
  '172.16.0.1': 'private',
  '172.31.255.255': 'private',
  '192.0.0.1': 'protocol assignments',
  '192.0.2.1': 'documentation',
  '192.168.1.1': 'private',
  '198.18.0.1': 'benchmarks',
  '198.51.100.1': 'documentation',
  '203.0.113.1': 'documentation',
  '224.0.0.1': 'multicast',
  '240.0.0.1': 'reserved',
  '255.255.255.255': 'broadcast',
  '::': 'unspecified',
  '::1': 'loopback',
  '::ffff:127.0.0.1': 'loopback as IPv6',
  '::ffff:8.8.8.8': 'IPv4 as IPv6',
  '::7f00:1': 'loopback as IPv6, of old',
  '64:ff9b::7f00:1': 'loopback through a translator',
  '64:ff9b:1::1': 'a local translator',
  'fe80::1': 'link-local',
  'fec0::1': 'site-local',
  'fc00::1': 'unique-local',
  'fd12:3456::1': 'unique-local',
  'ff02::1': 'multicast',
  '2001::1': 'Teredo',
  '2001:db8::1': 'documentation',
  '2002:7f00:1::': '6to4',
  '3fff::1': 'documentation',
  'example.com': 'a name',
  '': 'nothing',
};

describe('addresses that users give (I6, W11)', () => {
  for (const address of PUBLIC) {
    it(`${address} is public`, () => assert.equal(isPublicAddress(address), true));
  }
  for (const [address, what] of Object.entries(NOT_PUBLIC)) {
    it(`${address} is not public: ${what}`, () => assert.equal(isPublicAddress(address), false));
  }

  describe('by name', () => {
    const resolvingTo = (...addresses: string[]) => ({
      allows: isPublicAddress,
      resolve: () => Promise.resolve(addresses.map((address) => ({ address, family: 4 }))),
    });

    it('are what the name stands for', async () => {
      assert.deepEqual(await allowedAddresses('example.com', resolvingTo('8.8.8.8')), [
        { address: '8.8.8.8', family: 4 },
      ]);
    });

    it('are refused where one among them is private', async () => {
      await assert.rejects(
        allowedAddresses('example.com', resolvingTo('8.8.8.8', '10.0.0.1')),
        AddressRefused,
      );
    });

    it('are refused where there is none', async () => {
      await assert.rejects(allowedAddresses('example.com', resolvingTo()), AddressRefused);
    });

    it('are themselves where the name is one, in whatever spelling', async () => {
      const never = { allows: isPublicAddress, resolve: () => Promise.reject(new Error('was asked')) };
      for (const url of ['http://127.1/', 'http://0x7f000001/', 'http://2130706433/', 'http://[::1]/']) {
        await assert.rejects(allowedAddresses(new URL(url).hostname, never), AddressRefused, url);
      }
    });
  });

  describe('as they are written', () => {
    const faults: Readonly<Record<string, boolean>> = {
      'https://example.com/a.ics': false,
      'http://example.com/a.ics': true,
      'ftp://example.com/a.ics': true,
      'file:///etc/passwd': true,
      'https://me:secret@example.com/': true,
      'example.com': true,
      '': true,
    };
    for (const [address, isFaulty] of Object.entries(faults)) {
      it(`${address || 'nothing'} is ${isFaulty ? 'refused' : 'taken'}`, () => {
        assert.equal(addressFault(address, { anywhere: false }) !== undefined, isFaulty);
      });
    }

    it('may be http in development', () => {
      assert.equal(addressFault('http://127.0.0.1:4000/a.ics', { anywhere: true }), undefined);
    });
  });
});
