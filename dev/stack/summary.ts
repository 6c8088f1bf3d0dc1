import { relative } from 'node:path';
import type { Stack } from './stack.ts';

/** The table of what a person can open, and one call to try. Lists only what answers. */
export async function summary(stack: Stack): Promise<string> {
  const { api, temporalUi, stripeApiBase, mailInbox } = stack.addresses;
  const rows: [string, string | undefined][] = [
    ['API', api],
    ['OpenAPI', await whenServed(`${api}/openapi.json`)],
    ['Docs', await whenServed(`${api}/docs`)],
    ['GraphiQL', await whenServed(`${api}/graphql`)],
    ['Temporal UI', temporalUi],
    ['Mail inbox', mailInbox === undefined ? undefined : await whenServed(`${api}/dev/mail`)],
    ['Stripe simulator', stripeApiBase && (await whenServed(`${stripeApiBase}/_sim`))],
    ['Logs', short(stack.logs)],
  ];
  const table = rows.flatMap(([name, place]) =>
    place === undefined ? [] : [`  ${name.padEnd(17)} ${place}`],
  );
  const attempt = `  curl '${api}/properties?limit=2'`;
  return [
    '',
    ...table,
    '',
    '  Try',
    attempt,
    '',
    ...(stack.demo === '' ? [] : [stack.demo.trimEnd(), '']),
  ].join('\n');
}

async function whenServed(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'text/html, application/json' },
      signal: AbortSignal.timeout(5000),
    });
    await response.body?.cancel();
    return response.ok ? url : undefined;
  } catch {
    return undefined;
  }
}

/** A path as one would type it here. */
function short(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}
