/**
 * The way in: `node bin/bootstrap.mjs start` installs what is missing and runs `bin/start.ts` on Node 24; with no
 * command it only installs. Plain JavaScript, because an older Node may be all there is at first.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED = 24;
const OLDEST = 20;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PACKAGED_NODE = `node-${process.platform}-${process.arch}/bin/node`;

/** Whether every package that the lockfile wants, and that this platform can have, is there in that version. */
function isInstalled() {
  const [wanted, present] = ['package-lock.json', 'node_modules/.package-lock.json'].map((file) => {
    const path = join(ROOT, file);
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
  });
  return Object.entries(wanted).every(([path, { version, integrity, optional, devOptional }]) => {
    const found = present[path];
    if (path === '') return true;
    if (found === undefined) return optional === true || devOptional === true;
    return found.version === version && found.integrity === integrity;
  });
}

/** `npm ci` by the npm that called us, else by the one on the path. Says every five seconds that it still works. */
async function install() {
  console.log('Installing packages (npm ci); the first time takes a minute.');
  const started = Date.now();
  const ticker = setInterval(() => {
    console.log(`  … installing packages (${Math.round((Date.now() - started) / 1000)} s)`);
  }, 5000);
  const args = ['ci', '--include=dev', '--include=optional', '--no-progress', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const code = await (npm?.endsWith('.js') ? run(process.execPath, [npm, ...args]) : run('npm', args));
  clearInterval(ticker);
  if (code !== 0) throw new Error('npm ci failed: what it printed above says why.');
}

/** Several packages offer a `node`, one for each platform; npm may take the link away with those that do not fit. */
function linkNode() {
  const link = join(ROOT, 'node_modules/.bin/node');
  if (existsSync(join(ROOT, 'node_modules', PACKAGED_NODE)) && !existsSync(link))
    symlinkSync(`../${PACKAGED_NODE}`, link);
}

/** Runs a program in our place: signals go on to it, and its exit code comes back. */
function run(file, args, stdio = 'inherit') {
  const child = spawn(file, args, { cwd: ROOT, stdio });
  const forward = (signal) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code, signal) => done(code ?? (signal === 'SIGKILL' ? 137 : 130)));
  }).finally(() => {
    for (const signal of signals) process.off(signal, forward);
  });
}

/** Gives the program to run in this very process; none when there is nothing to run, or it has run in another. */
async function prepare([command, ...args]) {
  const running = Number.parseInt(process.versions.node, 10);
  if (running < OLDEST) {
    throw new Error(`Stayward needs Node ${OLDEST} or newer, and this is ${process.versions.node}.`);
  }
  if (!isInstalled()) await install();
  linkNode();
  if (command === undefined) return undefined;
  const entry = join(ROOT, 'bin', `${command}.ts`);
  if (running >= NEEDED) {
    process.argv = [process.execPath, entry, ...args];
    return pathToFileURL(entry).href;
  }
  // The channel tells the other side of our end, should somebody kill us.
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  process.exitCode = await run(join(ROOT, 'node_modules', PACKAGED_NODE), [entry, ...args], stdio).catch(
    () => {
      const platform = `${process.platform} on ${process.arch}`; // None at all, or one for another C library.
      throw new Error(
        `Stayward runs on Node ${NEEDED}, this is ${process.versions.node}, and no packaged one fits ${platform}: install Node ${NEEDED} or newer (https://nodejs.org).`,
      );
    },
  );
  return undefined;
}

const program = await prepare(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
if (program !== undefined) await import(program);
