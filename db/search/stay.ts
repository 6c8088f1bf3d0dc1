import { nightCount } from '#domain/nights.ts';
import type { PropertySearch, SearchedStay } from '../search.ts';
import { ONE_OF_THE_STAYS, THE_STAY } from './asked.ts';
import { stayIsPossible } from './possible.ts';

/**
 * Of the stays that would do, the first that is possible. They are few, and asked about one after the other: reading
 * ends with the first.
 */
const FIRST_POSSIBLE = `cross join lateral (
      select asked.check_in, ${ONE_OF_THE_STAYS.checkOut} as check_out
      from unnest(cast(:checkIns as date[])) with ordinality as asked(check_in, preference)
      where ${stayIsPossible(ONE_OF_THE_STAYS)}
      order by asked.preference limit 1) as found`;

/** The dates that an entry was found for: what they are called in the answer, and what has to be read for them. */
export function foundStay({ stay }: Pick<PropertySearch, 'stay'>): { columns: string; join: string } {
  if (stay === undefined) return { columns: '', join: '' };
  const { checkIn, checkOut } = THE_STAY;
  if (stay.otherCheckIns === undefined)
    return { columns: `, ${checkIn} as "checkIn", ${checkOut} as "checkOut"`, join: '' };
  return { columns: ', found.check_in as "checkIn", found.check_out as "checkOut"', join: FIRST_POSSIBLE };
}

/** What certain dates ask of a property. Of flexible ones, some are possible wherever `foundStay` joins any. */
export function stayConditions({ stay }: Pick<PropertySearch, 'stay'>): string[] {
  return stay === undefined || stay.otherCheckIns !== undefined ? [] : [stayIsPossible(THE_STAY)];
}

/** Whether there is any possible stay at all, for what is only counted. */
export function anyStayConditions({ stay }: Pick<PropertySearch, 'stay'>): string[] {
  if (stay?.otherCheckIns === undefined) return stayConditions({ stay });
  return [
    `exists (select from unnest(cast(:checkIns as date[])) as asked(check_in) where ${stayIsPossible(ONE_OF_THE_STAYS)})`,
  ];
}

export function stayBindings({ otherCheckIns = [], ...stay }: SearchedStay): Record<string, unknown> {
  return { ...stay, nights: nightCount(stay), checkIns: [stay.checkIn, ...otherCheckIns] };
}
