import { parseArgs } from 'node:util';
import type { Simulator } from './server.ts';
import { startSimulator } from './server.ts';

/**
 * The simulated bank as a process of its own:
 *
 *     node dev/stripe/main.ts --port 0 --dir .stayward/stripe --webhook-url URL --webhook-secret SECRET
 *
 * `--host` is where it listens: on the loopback, unless it is in a container. `--webhook-events` narrows what is
 * delivered (comma-separated, `charge.*` allowed). With `--exit-with-parent` it ends when its standard input does, so
 * that it never outlives the stack that started it.
 */
const { values } = parseArgs({
  options: {
    'host': { type: 'string', default: '127.0.0.1' },
    'port': { type: 'string', default: '0' },
    'dir': { type: 'string' },
    'webhook-url': { type: 'string' },
    'webhook-secret': { type: 'string' },
    'webhook-events': { type: 'string' },
    'exit-with-parent': { type: 'boolean', default: false },
  },
});

const url = values['webhook-url'];
const secret = values['webhook-secret'];
if ((url === undefined) !== (secret === undefined))
  throw new Error('--webhook-url and --webhook-secret go together.');
const events = values['webhook-events']?.split(',');

/** Starts, or says in one sentence why not. */
async function start(): Promise<Simulator> {
  try {
    return await startSimulator({
      host: values.host,
      port: Number(values.port),
      ...(values.dir !== undefined && { directory: values.dir }),
      ...(url !== undefined &&
        secret !== undefined && {
          webhook: { url, secrets: secret.split(','), ...(events !== undefined && { events }) },
        }),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`The simulated bank can not start: ${reason}`);
    process.exit(1);
  }
}

const simulator = await start();
let stopping = false;
function stop(): void {
  if (stopping) return;
  stopping = true;
  process.stdin.destroy();
  void simulator[Symbol.asyncDispose]();
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
if (values['exit-with-parent']) process.stdin.on('end', stop).resume();
console.log(`ready ${simulator.url}`);
