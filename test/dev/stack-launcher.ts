import { environmentWithoutSettings, readLauncherConfig } from '#config';
import { startStack } from '#dev/stack/stack.ts';

/** A launcher to be killed: `node stack-launcher.ts HOME [throw-away]` runs Redis there and prints its process. */
const [home, throwAway] = process.argv.slice(2);
const config = readLauncherConfig({ ...environmentWithoutSettings(), STAYWARD_HOME: home, PORT: '0' });
const stack = await startStack({ config, parts: ['redis'], throwAway: throwAway === 'throw-away' });
console.log(stack.part('redis').pid);
