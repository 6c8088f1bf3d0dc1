/**
 * Why an address that a user gave is not asked, in words; undefined where it may be. What its name resolves to is judged
 * when it is asked (`gateways/addresses.ts`). `anywhere` is for development alone: http too.
 */
export function addressFault(address: string, { anywhere }: { anywhere: boolean }): string | undefined {
  const url = URL.parse(address);
  if (url === null) return 'Must be an address, https://….';
  if (url.protocol !== 'https:' && !(anywhere && url.protocol === 'http:'))
    return 'Must begin with https://.';
  if (url.username !== '' || url.password !== '') return 'Must not carry a name or a password.';
  return undefined;
}
