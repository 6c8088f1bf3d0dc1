import { hash, parseOptions, verify } from '@node-rs/argon2';
import { DomainError } from '#domain/errors.ts';

/** argon2id (the library's default), by the first recommendation of OWASP: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Hashing takes a core for some 20 ms each: more at a time would starve the reads of the same process. */
const AT_ONCE = 2;
/** Who comes after these is told to come again; waiting longer helps nobody. */
const MOST_WAITING = 200;

export interface Passwords {
  /** A salted hash that carries its own parameters. Throws `unavailable` when too many wait already. */
  hash(password: string): Promise<string>;
  /** Takes as long for an account without a hash as for a wrong password. Throws `unavailable` likewise. */
  verify(hash: string | null, password: string): Promise<boolean>;
  /** Whether the hash was made with other parameters than today's. */
  isOutdated(hash: string): boolean;
}

/** Lets two in at a time; the others wait in line. */
class Gate {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #mostWaiting: number;

  constructor(mostWaiting: number) {
    this.#mostWaiting = mostWaiting;
  }

  async run<T>(act: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) await this.#turn();
    else this.#running += 1;
    try {
      return await act();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next(); // The place is handed on, so that nobody can slip in between.
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= this.#mostWaiting) {
      throw new DomainError('unavailable', 'Too many sign-ins at the moment.', { retryAfterSeconds: 2 });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** Hashing and checking of passwords, two at a time. */
export function createPasswords({ mostWaiting = MOST_WAITING } = {}): Passwords {
  const gate = new Gate(mostWaiting);
  const hashOf = (password: string) => gate.run(() => hash(password, COST));
  const decoy = hashOf('nobody has this password');
  return {
    hash: hashOf,
    async verify(known, password) {
      if (known !== null) return gate.run(() => verify(known, password));
      const nobody = await decoy;
      await gate.run(() => verify(nobody, password));
      return false;
    },
    isOutdated(known) {
      const { memoryCost, timeCost, parallelism } = parseOptions(known);
      return memoryCost !== COST.memoryCost || timeCost !== COST.timeCost || parallelism !== COST.parallelism;
    },
  };
}
