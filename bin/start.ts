import { once } from 'node:events';
import { ConfigError, readLauncherConfig } from '#config';
import { StackFailure } from '#dev/stack/failure.ts';
import { createNarrator } from '#dev/stack/narrator.ts';
import { startStack } from '#dev/stack/stack.ts';
import { summary } from '#dev/stack/summary.ts';

/** `npm start`: the whole platform on this machine, until Ctrl-C. Exits 1 when a part it cannot do without dies. */
async function main(asked: AbortSignal): Promise<void> {
  const config = readLauncherConfig();
  console.log(`Stayward, with its data in ${config.homeDirectory}`);
  const narrator = createNarrator((line) => console.log(line));
  await using stack = await startStack({ config, narrator, seed: true, signal: asked });
  console.log(await summary(stack));
  console.log(`ready ${stack.addresses.api}`);

  const reason = await Promise.race([stack.lost, once(asked, 'abort')]);
  if (reason instanceof StackFailure) {
    console.error(`${reason.message}\nStopping the rest.`);
    process.exitCode = 1;
  } else {
    console.log('Stopping …');
  }
}

const stopping = new AbortController();
const stop = () => stopping.abort(); // Once is enough: a terminal, npm and the bootstrap may all pass on one Ctrl-C.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
process.on('disconnect', stop); // Whoever started us was killed.
process.channel?.unref();
process.stdout.on('error', stop); // Nobody reads us any more.

try {
  await main(stopping.signal);
  if (stopping.signal.aborted) console.log('Stopped.');
} catch (error) {
  if (stopping.signal.aborted) {
    console.log('Stopped.');
  } else {
    console.error(error instanceof StackFailure || error instanceof ConfigError ? error.message : error);
    process.exitCode = 1;
  }
}
