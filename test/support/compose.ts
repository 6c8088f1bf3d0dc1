import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The directory that commands and files of `docker-compose.yml` are in. */
export const ROOT = join(import.meta.dirname, '../..');

/** A service as `docker-compose.yml` has it; only what tests look at. */
export interface Service {
  image: string;
  build?: { context: string; target: string };
  profiles?: string[];
  command?: string[];
  entrypoint?: string[];
  restart: string;
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  networks: string[];
  ports?: string[];
  environment?: Record<string, string>;
  configs?: { source: string; target: string }[];
  depends_on?: Record<string, { condition: string; required?: boolean }>;
  healthcheck?: { test?: string[]; disable?: boolean };
  stop_grace_period?: string;
  deploy: { resources: { limits: { cpus: string; memory: string } } };
}

export interface Compose {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
  configs: Record<string, { file: string }>;
}

const TEXT = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');

/** The file as it is written, anchors and merges resolved. */
export function composeAsWritten(): Compose {
  return parse(TEXT, { merge: true }) as Compose;
}

/** The file as `docker compose` reads it with these variables. Throws when one that is required is not there. */
export function compose(variables: Readonly<Record<string, string | undefined>>): Compose {
  return interpolated(composeAsWritten(), variables) as Compose;
}

/** The variables that the file asks for, and whether it does without them. */
export function variablesOf(): { name: string; isRequired: boolean }[] {
  return [...TEXT.matchAll(VARIABLE)].flatMap(({ groups }) =>
    groups?.name === undefined ? [] : [{ name: groups.name, isRequired: groups.operator === ':?' }],
  );
}

/** `$$`, or a variable with what is to become of it where it is not set, in the forms that our file uses. */
const VARIABLE = /\$(?:\$|\{(?<name>\w+)(?<operator>:-|:\?)(?<other>[^}]*)\})/g;

function interpolated(value: unknown, variables: Readonly<Record<string, string | undefined>>): unknown {
  if (Array.isArray(value)) return value.map((item) => interpolated(item, variables));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, interpolated(item, variables)]),
    );
  }
  if (typeof value !== 'string') return value;
  return value.replaceAll(VARIABLE, (reference) => resolved(reference, variables));
}

function resolved(reference: string, variables: Readonly<Record<string, string | undefined>>): string {
  const [, name, operator, other = ''] = /^\$\{(\w+)(:-|:\?)(.*)\}$/.exec(reference) ?? [];
  if (name === undefined) return '$';
  const given = variables[name];
  if (given !== undefined && given !== '') return given;
  if (operator === ':-') return other;
  throw new Error(`${name} is required: ${other}`);
}

/** Variables by name, as a file for `--env-file` has them. */
export function envFile(path: string): Record<string, string> {
  const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
  return Object.fromEntries(
    lines.filter((line) => /^\w+=/.test(line)).map((line) => line.split(/=(.*)/s).slice(0, 2)),
  );
}
