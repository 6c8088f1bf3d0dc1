import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentWithoutSettings, readLauncherConfig } from '#config';
import type { Environment } from '#config';
import { startStack } from './stack.ts';
import type { Stack, StackOptions } from './stack.ts';

/** What a stack that nobody will miss may be asked for. */
export interface ThrowAwayOptions extends Pick<StackOptions, 'parts' | 'recipes' | 'seed' | 'narrator'> {
  /** Settings for its services, such as limits. */
  readonly environment?: Environment;
}

/**
 * A stack on free ports, with an empty data directory of its own that goes when the stack goes, however that
 * ends. It takes nothing from the environment, so it cannot touch anybody's data.
 */
export async function startThrowAwayStack(options: ThrowAwayOptions = {}): Promise<Stack> {
  const home = await mkdtemp(join(tmpdir(), 'stayward-'));
  const config = readLauncherConfig({
    ...environmentWithoutSettings(),
    LOG_LEVEL: 'warn',
    ...options.environment,
    PORT: '0',
    STAYWARD_HOME: home,
  });
  return startStack({ ...options, config, throwAway: true });
}
