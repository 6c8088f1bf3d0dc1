import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { findOnPath } from './binaries.ts';
import { StackFailure } from './failure.ts';
import type { Launch } from './run.ts';

/** As whom PostgreSQL runs. */
export interface Account {
  /** The same launch under this account. */
  launching(launch: Launch): Launch;
  /** Gives a file or directory to this account. */
  own(path: string): void;
}

const OURSELVES: Account = { launching: (launch) => launch, own: () => undefined };

/**
 * Ourselves, unless we are root, whom PostgreSQL refuses: then its usual user, or nobody. Neither may enter root's
 * own directories; where a clone lies in one, `setpriv` (Linux) leaves that user the right to pass through.
 */
export function accountFor(places: readonly string[], path: string | undefined): Account {
  if (process.getuid?.() !== 0) return OURSELVES;
  const { name, uid, gid } = findUser(['postgres', 'nobody']);
  const own = (file: string) => chownSync(file, uid, gid);
  if (mayEnter(places, { uid, gid })) return { launching: (launch) => ({ ...launch, uid, gid }), own };
  const setpriv = findOnPath(['setpriv'], path);
  if (setpriv === undefined) {
    throw new StackFailure(
      `PostgreSQL refuses to run as root, and the user ${name} may not enter ${places.join(' or ')}: start as another user, or from a directory that all may enter.`,
    );
  }
  // The last: else the system's `access` would judge by the user alone, and the server asks it about its own files.
  const right = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--securebits=+no_setuid_fixup'];
  const become = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...right, '--'];
  return {
    launching: (launch) => ({ ...launch, file: setpriv, args: [...become, launch.file, ...launch.args] }),
    own,
  };
}

function findUser(names: readonly string[]): { name: string; uid: number; gid: number } {
  const idOf = (flag: string, name: string) =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
  for (const name of names) {
    try {
      return { name, uid: idOf('-u', name), gid: idOf('-g', name) };
    } catch {
      continue;
    }
  }
  throw new StackFailure(
    `PostgreSQL refuses to run as root, and there is no user ${names.join(' or ')}: start as another user.`,
  );
}

function mayEnter(places: readonly string[], account: { uid: number; gid: number }): boolean {
  const script = 'for place; do test -x "$place" || exit 1; done';
  return spawnSync('/bin/sh', ['-c', script, 'sh', ...places], { ...account, cwd: '/' }).status === 0;
}
