import { invalid } from './errors.ts';
import type { Form } from './form.ts';

const MAX_METADATA_KEYS = 50;
const MAX_METADATA_KEY_LENGTH = 40;
const MAX_METADATA_VALUE_LENGTH = 500;

/**
 * Reads the parameters of one request, field by field. `done()` then refuses what nobody read: the bank
 * refuses unknown parameters, so a misspelt one must fail here too.
 */
export class Params {
  readonly #form: Form;
  readonly #prefix: string;
  readonly #read = new Set<string>(['expand', 'key']);
  readonly #nested: Params[] = [];

  constructor(form: Form, prefix = '') {
    this.#form = form;
    this.#prefix = prefix;
  }

  /** The text; `undefined` when absent. Empty text is how a client unsets a field. */
  text(name: string): string | undefined {
    const value = this.#take(name);
    if (value === undefined || typeof value === 'string') return value;
    throw invalid('Invalid string', this.#path(name));
  }

  /** `undefined` keeps, `null` (sent as empty text) unsets. */
  nullableText(name: string): string | null | undefined {
    const value = this.text(name);
    return value === '' ? null : value;
  }

  requiredText(name: string): string {
    return required(this.text(name), this.#path(name));
  }

  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^-?\d{1,15}$/.test(text))
      throw invalid(`Invalid integer: ${text}`, this.#path(name), 'parameter_invalid_integer');
    return Number(text);
  }

  requiredInteger(name: string): number {
    return required(this.integer(name), this.#path(name));
  }

  flag(name: string): boolean | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (text !== 'true' && text !== 'false') throw invalid(`Invalid boolean: ${text}`, this.#path(name));
    return text === 'true';
  }

  oneOf<const T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const choice = choices.find((each) => each === text);
    if (choice === undefined)
      throw invalid(`Invalid ${name}: must be one of ${choices.join(', ')}`, this.#path(name));
    return choice;
  }

  texts(name: string): string[] | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string') throw invalid('Invalid array', this.#path(name));
    return Object.values(value).map((each) => {
      if (typeof each !== 'string') throw invalid('Invalid string', this.#path(name));
      return each;
    });
  }

  nested(name: string): Params | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string') throw invalid('Invalid object', this.#path(name));
    const params = new Params(value, this.#path(name));
    this.#nested.push(params);
    return params;
  }

  /** `created=5` and `created[gte]=5` are both allowed: tells which it is. */
  isHash(name: string): boolean {
    return typeof this.#form[name] === 'object';
  }

  /** A parameter that is allowed and makes no difference here. */
  accept(name: string): void {
    this.#take(name);
  }

  /** The metadata after this request: merged into `current`, an empty value deletes its key. */
  metadata(current: Record<string, string> = {}): Record<string, string> {
    const value = this.#take('metadata');
    if (value === undefined) return current;
    if (value === '') return {};
    if (typeof value === 'string') throw invalid('Invalid object', this.#path('metadata'));
    const merged = new Map(Object.entries(current));
    for (const [key, text] of Object.entries(value)) {
      const path = `${this.#path('metadata')}[${key}]`;
      if (typeof text !== 'string') throw invalid('Metadata values must be strings.', path);
      if (key.length > MAX_METADATA_KEY_LENGTH || text.length > MAX_METADATA_VALUE_LENGTH)
        throw invalid('Metadata keys have at most 40 characters, values at most 500.', path);
      if (text === '') merged.delete(key);
      else merged.set(key, text);
    }
    if (merged.size > MAX_METADATA_KEYS) throw invalid('Metadata has at most 50 keys.', 'metadata');
    return Object.fromEntries(merged);
  }

  /** Call when everything was read, before anything is changed. */
  done(): void {
    const unknown = Object.keys(this.#form).find((name) => !this.#read.has(name));
    if (unknown !== undefined) {
      const path = this.#path(unknown);
      throw invalid(`Received unknown parameter: ${path}`, path, 'parameter_unknown');
    }
    for (const params of this.#nested) params.done();
  }

  #take(name: string): string | Form | undefined {
    this.#read.add(name);
    return this.#form[name];
  }

  #path(name: string): string {
    return this.#prefix === '' ? name : `${this.#prefix}[${name}]`;
  }
}

function required<T>(value: T | undefined, param: string): T {
  if (value === undefined || value === '')
    throw invalid(`Missing required param: ${param}.`, param, 'parameter_missing');
  return value;
}
