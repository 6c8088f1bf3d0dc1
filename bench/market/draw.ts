import { Chance } from '#db/seeds/chance.ts';
import { idOf } from '#domain/ids.ts';
import type { Id, IdKind } from '#domain/ids.ts';

const NO_CHANCE = new Uint8Array(0);
const BITS_OF_A_CHARACTER = 5;
const CHANCE_CHARACTERS = 16;
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** The distributions that a market is made of, the same at every run. */
export class Draw extends Chance {
  /** Mean 0, standard deviation 1, by the method of Box and Muller. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** Half of them below `median`; `sigma` is the standard deviation of the logarithm. */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }

  /** The place at which the running sum passes a share drawn at random: likely where it climbs steeply. */
  placeIn(sums: Float64Array): number {
    const sought = this.next() * (sums.at(-1) ?? 0);
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) > sought) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** As `idOf` makes them, with five bits of chance to a character: a market has millions. */
  id<K extends IdKind>(kind: K, atMs: number): Id<K> {
    const time = idOf(kind, atMs, NO_CHANCE);
    let chance = '';
    while (chance.length < CHANCE_CHARACTERS) {
      const bits = Math.floor(this.next() * 2 ** 30);
      for (let shift = 0; shift < 30; shift += BITS_OF_A_CHARACTER)
        chance += ALPHABET.charAt((bits >>> shift) & 31);
    }
    return `${time}${chance.slice(0, CHANCE_CHARACTERS)}`;
  }
}

export function runningSums(weights: readonly number[]): Float64Array {
  const sums = new Float64Array(weights.length);
  let sum = 0;
  weights.forEach((weight, place) => (sums[place] = sum += weight));
  return sums;
}
