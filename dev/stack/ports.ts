import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { StackFailure } from './failure.ts';

/**
 * Below the ranges from which systems take ports for outgoing connections, so that a part that is held down
 * for a while finds its port still free.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** `wanted` when it is free, else any free port; never one in `taken`, to which the choice is added. */
export async function choosePort(wanted: number | undefined, taken: Set<number>): Promise<number> {
  let port = wanted ?? randomInt(LOWEST, HIGHEST);
  for (let tries = 0; tries < 200; tries += 1) {
    if (!taken.has(port) && (await whyNot(port, '127.0.0.1')) === undefined) {
      taken.add(port);
      return port;
    }
    port = randomInt(LOWEST, HIGHEST);
  }
  throw new StackFailure(`No free port was found between ${LOWEST} and ${HIGHEST}.`);
}

/** Throws the sentence to show when nothing can listen on this port. */
export async function requirePort(port: number, host: string): Promise<void> {
  const reason = await whyNot(port, host);
  if (reason === undefined) return;
  const remedy = `choose another with PORT=${port < 1024 ? 3000 : port + 1} npm start`;
  if (reason === 'EADDRINUSE')
    throw new StackFailure(`Port ${port} is in use by another program: stop that, or ${remedy}.`);
  if (reason === 'EACCES') throw new StackFailure(`Port ${port} may not be opened by you: ${remedy}.`);
  throw new StackFailure(`Nothing can listen on ${host}, port ${port} (${reason}).`);
}

async function whyNot(port: number, host: string): Promise<string | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
