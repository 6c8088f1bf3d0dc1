import {
  closeSync,
  createReadStream,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** One change of one record: put with the record, or removed by id. A transaction is a list of them, on one line. */
export type Change =
  readonly ['+', collection: string, record: { id: string }] | readonly ['-', string, string];

const FILE = 'bank.jsonl';
const BLOCK_CHARACTERS = 1 << 20;

/**
 * The state on disk: an append-only file with a line for each transaction, written before the answer goes
 * out. The kernel has the line when `append` returns, so it outlives a killed process (a power cut is not
 * its business, hence no fsync).
 */
export class Journal {
  readonly #fd: number;
  #length: number;

  private constructor(fd: number) {
    this.#fd = fd;
    this.#length = fstatSync(fd).size;
  }

  /** Starts a fresh file that holds just `state`, and replaces the old one by it in one step. */
  static rewrite(directory: string, state: Iterable<Change>): Journal {
    mkdirSync(directory, { recursive: true });
    const path = join(directory, FILE);
    rmSync(`${path}.new`, { force: true });
    const fd = openSync(`${path}.new`, 'a');
    let block = '';
    for (const change of state) {
      block += `${JSON.stringify([change])}\n`;
      if (block.length < BLOCK_CHARACTERS) continue;
      writeFully(fd, Buffer.from(block));
      block = '';
    }
    writeFully(fd, Buffer.from(block));
    fsyncSync(fd);
    renameSync(`${path}.new`, path);
    return new Journal(fd);
  }

  /** One line or nothing: what a full disk cut short is taken back, so that the file stays readable. */
  append(changes: readonly Change[]): void {
    const line = Buffer.from(`${JSON.stringify(changes)}\n`);
    try {
      writeFully(this.#fd, line);
      this.#length += line.length;
    } catch (error) {
      ftruncateSync(this.#fd, this.#length);
      throw error;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** The changes of every transaction on disk. A last line cut short by a kill was never answered: it is left out. */
export async function* readJournal(directory: string): AsyncGenerator<Change> {
  const path = join(directory, FILE);
  if (!existsSync(path)) return;
  let torn: number | undefined;
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    number++;
    if (torn !== undefined) throw new Error(`${path} is damaged: line ${torn} can not be read.`);
    const changes = parse(line);
    if (changes === undefined) torn = number;
    else yield* changes;
  }
}

function parse(line: string): Change[] | undefined {
  try {
    return JSON.parse(line) as Change[];
  } catch {
    return undefined;
  }
}

function writeFully(fd: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;)
    written += writeSync(fd, bytes, written, bytes.length - written);
}
