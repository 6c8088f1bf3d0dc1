import type { PropertySearch } from '#db/search.ts';
import { AMENITIES_COUNTED } from '#db/search/facets.ts';
import type { Facet, FacetCount } from '#db/search/facets.ts';
import { bookingModeOf } from '#domain/availability.ts';
import { bruteForce } from './brute-force-search.ts';
import type { Listing, Match } from './brute-force-search.ts';

/** What each facet leaves open of a search. */
const OPEN: Readonly<Record<Facet, Partial<PropertySearch>>> = {
  roomType: { roomType: undefined },
  bookingMode: { bookingMode: undefined },
  cancellationPolicy: { cancellationPolicies: undefined },
  amenities: {},
  price: { minPriceMinor: undefined, maxPriceMinor: undefined },
};

/** The counts that come with a search, by looking at every listing once for each of them. */
export function bruteForceFacets(listings: readonly Listing[], search: PropertySearch): unknown {
  const byId = new Map(listings.map((listing) => [listing.row.id, listing]));
  const listingOf = ({ id }: Match): Listing => byId.get(id) ?? missing(id);
  const counts = (search.facets ?? []).map((facet) => {
    const matches = bruteForce(listings, { ...search, ...OPEN[facet] });
    const counted =
      facet === 'price' ? pricesOf(matches, listingOf) : valuesOf(facet, matches.map(listingOf), search);
    return [facet, counted];
  });
  return { count: bruteForce(listings, search).length, isExact: true, ...Object.fromEntries(counts) };
}

function valuesOf(
  facet: Exclude<Facet, 'price'>,
  listings: Listing[],
  { stay }: PropertySearch,
): FacetCount[] {
  return tally(
    listings.flatMap(({ row, rules }) => {
      if (facet === 'amenities') return row.amenityKeys;
      return facet === 'bookingMode' && stay !== undefined
        ? bookingModeOf(stay, { bookingMode: row.bookingMode, rules })
        : row[facet];
    }),
  ).slice(0, AMENITIES_COUNTED);
}

function tally(values: readonly string[]): FacetCount[] {
  const counts = [...new Set(values)].map((value) => ({
    value,
    count: values.filter((v) => v === value).length,
  }));
  return counts.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

function pricesOf(matches: readonly Match[], listingOf: (match: Match) => Listing) {
  const priced = matches.map((match) => {
    const { currency, nightlyMinor } = listingOf(match).row;
    return { currency, price: match.stay?.totalMinor ?? nightlyMinor };
  });
  return tally(priced.map(({ currency }) => currency)).map(({ value: currency, count }) => {
    const prices = priced.filter((entry) => entry.currency === currency).map(({ price }) => price);
    return { currency, least: Math.min(...prices), most: Math.max(...prices), count };
  });
}

function missing(id: string): never {
  throw new Error(`${id} is none of the listings.`);
}
