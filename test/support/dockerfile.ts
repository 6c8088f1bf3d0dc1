import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './compose.ts';

/** One instruction of the Dockerfile, its lines joined: `COPY --from=packages /app/node_modules node_modules`. */
export interface Instruction {
  name: string;
  text: string;
}

export interface Stage {
  name: string;
  /** An image, or an earlier stage. */
  from: string;
  instructions: Instruction[];
}

/** The stages of the Dockerfile in their order. It has none of what would need more to be read: no here-documents. */
export function stagesOf(): Stage[] {
  const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '');
  const stages: Stage[] = [];
  const args: Record<string, string> = {};
  for (const line of lines) {
    const [name = '', text = ''] = line.split(/ (.*)/s);
    const stage = stages.at(-1);
    if (name === 'FROM') {
      const [from = '', , as = ''] = text.split(' ');
      stages.push({
        name: as,
        from: from.replace(/\$\{(\w+)\}/, (_, arg: string) => args[arg] ?? ''),
        instructions: [],
      });
    } else if (name === 'ARG' && stage === undefined) {
      Object.assign(args, Object.fromEntries([text.split('=')]));
    } else {
      stage?.instructions.push({ name, text });
    }
  }
  return stages;
}

/** What every stage on the way to this one says, in order, from the image that it began with. */
export function instructionsOf(name: string): Instruction[] {
  const stage = stagesOf().find((known) => known.name === name);
  return stage === undefined ? [] : [...instructionsOf(stage.from), ...stage.instructions];
}

/** What the image tells its processes, where `/app` is `directory`. */
export function imageEnvironment(directory: string): Record<string, string> {
  const words = instructionsOf('runtime')
    .filter((instruction) => instruction.name === 'ENV')
    .flatMap(({ text }) => text.split(' '));
  return Object.fromEntries(
    words
      .map((word) => word.split(/=(.*)/s).slice(0, 2))
      .map(([name, value = '']) => [name, value.replace(/^\/app\b/, directory)]),
  );
}
