import { readdirSync, readFileSync, statSync } from 'node:fs';
import { chmod, cp, mkdir } from 'node:fs/promises';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import type { Environment } from '#config';
import { run } from '#dev/stack/run.ts';
import { ROOT } from './compose.ts';
import { stagesOf } from './dockerfile.ts';
import type { Stage } from './dockerfile.ts';

/**
 * Carries the Dockerfile out without containers: a folder for each stage's `/app`, its COPY lines by copying what
 * `.dockerignore` lets through, its RUN lines by a shell. What it cannot have is the base image: this machine's system
 * and our packaged Node stand in. Gives the `/app` of the stage.
 */
export async function layOutImage(
  directory: string,
  { stage: wanted, environment }: { stage: string; environment: Environment },
): Promise<string> {
  const stages = stagesOf();
  const app = (stage: string) => join(directory, stage);
  await chmod(directory, 0o755); // The process that will run there is somebody else.
  for (const stage of stages.slice(0, stages.findIndex(({ name }) => name === wanted) + 1)) {
    await mkdir(app(stage.name));
    if (stages.some(({ name }) => name === stage.from)) await copyTree(app(stage.from), app(stage.name));
    await carryOut(stage, { app, environment });
  }
  return app(wanted);
}

interface Site {
  app: (stage: string) => string;
  environment: Environment;
}

async function carryOut(stage: Stage, { app, environment }: Site): Promise<void> {
  const here = app(stage.name);
  for (const { name, text } of stage.instructions) {
    if (name === 'COPY' && text.startsWith('--from=')) {
      const [, from = '', source = '', target = ''] = /^--from=(\S+) \/app\/(\S+) (\S+)$/.exec(text) ?? [];
      await copyTree(join(app(from), source), join(here, target));
    } else if (name === 'COPY') {
      await copyFromContext(text.split(' '), here);
    } else if (name === 'RUN') {
      const command = text.replaceAll(/--mount=\S+ /g, '');
      const path = [dirname(process.execPath), environment.PATH ?? ''].join(delimiter);
      const launch = {
        file: '/bin/sh',
        args: ['-ec', command],
        directory: here,
        env: { ...environment, PATH: path },
      };
      await run(launch, { what: `RUN ${command}` });
    }
  }
}

/** By hard links where it can be: most of it is packages. */
async function copyTree(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const isDirectory = statSync(source).isDirectory();
  const [from, to] = isDirectory ? [`${source}/.`, `${target}/`] : [source, target];
  if (isDirectory) await mkdir(target, { recursive: true });
  await run({ file: 'cp', args: ['--archive', '--link', from, to] }, { what: `Copying ${source}` });
}

async function copyFromContext(words: string[], here: string): Promise<void> {
  const target = words.at(-1) ?? '';
  for (const source of words.slice(0, -1)) {
    const files = filesOf(source).filter(isInContext);
    if (files.length === 0) throw new Error(`COPY ${source}: .dockerignore lets none of it through.`);
    for (const file of files) {
      const within = file === source ? (target.endsWith('/') ? basename(file) : '') : relative(source, file);
      await cp(join(ROOT, file), join(here, target, within));
    }
  }
}

function filesOf(source: string): string[] {
  if (!statSync(join(ROOT, source)).isDirectory()) return [source];
  return readdirSync(join(ROOT, source), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

const RULES = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ isException: line.startsWith('!'), pattern: expressionOf(line.replace(/^!/, '')) }));

/** The last rule that fits the file, or a folder that it is in, decides. */
export function isInContext(file: string): boolean {
  const parts = file.split('/');
  const paths = parts.map((_, n) => parts.slice(0, n + 1).join('/'));
  const rule = RULES.findLast(({ pattern }) => paths.some((path) => pattern.test(path)));
  return rule === undefined || rule.isException;
}

/** A star is anything but a slash, a leading dot included. */
function expressionOf(pattern: string): RegExp {
  const literal = pattern.split('*').map((text) => text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('[^/]*')}$`);
}
