import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * A shell that waits for the launcher to end. It reads from a pipe that only the launcher holds: when that closes
 * without a word, because the launcher was killed, it stops every process it was told of and removes the
 * directory that was to be thrown away. Ctrl-C is for the launcher alone.
 */
const SCRIPT = `
trap '' INT TERM HUP
pids=''
directory=''
while read -r verb rest; do
  case $verb in
    watch) pids="$pids $rest" ;;
    forget) others=''; for p in $pids; do case $p in $rest:*) ;; *) others="$others $p" ;; esac; done; pids=$others ;;
    discard) directory=$rest ;;
  esac
done
for p in $pids; do kill -s CONT "\${p%%:*}"; kill -s "\${p#*:}" "\${p%%:*}"; done 2>/dev/null
tenths=0
while [ "$tenths" -lt 100 ]; do
  alive=''
  for p in $pids; do kill -0 "\${p%%:*}" 2>/dev/null && alive=yes; done
  [ -z "$alive" ] && break
  sleep 0.1
  tenths=$((tenths + 1))
done
for p in $pids; do kill -s KILL "\${p%%:*}"; done 2>/dev/null
[ -n "$directory" ] && rm -rf -- "$directory"
exit 0
`;

/** Outlives the launcher, however that ends, by the moment it takes to clean up behind it. */
export interface Guardian extends AsyncDisposable {
  watch(pid: number, stopSignal: NodeJS.Signals): void;
  forget(pid: number): void;
  /** Removes the directory, too, at the end. */
  discard(directory: string): void;
}

export function startGuardian(): Guardian {
  const shell = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(shell, 'exit');
  shell.stdin.on('error', () => undefined); // Killed by hand: the stack still works, only unguarded.
  const tell = (line: string) => shell.stdin.write(`${line}\n`);
  return {
    watch: (pid, stopSignal) => tell(`watch ${pid}:${stopSignal.slice('SIG'.length)}`),
    forget: (pid) => tell(`forget ${pid}`),
    discard: (directory) => tell(`discard ${directory}`),
    async [Symbol.asyncDispose]() {
      shell.stdin.end();
      await ended;
    },
  };
}
