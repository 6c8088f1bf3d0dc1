import type { CopyValue } from '#db/import/copy-text.ts';
import type { BookingId, UserId } from '#domain/ids.ts';
import { addDays } from '#domain/nights.ts';
import type { CalendarDate, Stay } from '#domain/nights.ts';
import { MARKET_CITIES } from './cities.ts';
import { Draw, runningSums } from './draw.ts';
import type { MarketProperty } from './properties.ts';

export const STAY_COLUMNS = ['property_id', 'nights', 'kind', 'booking_id', 'block_id'];

/** One that was booked here has a booking; the others are nights that hosts have blocked. */
export interface MarketStay extends Stay {
  property: MarketProperty;
  booking: { id: BookingId; guestId: UserId; madeAtMs: number } | undefined;
  cells: CopyValue[];
}

export interface StaysToDraw {
  properties: readonly MarketProperty[];
  guests: readonly UserId[];
  count: number;
  /** How many of a hundred are bookings. */
  bookedPercent: number;
  /** Nights of the two months before are there too, and of the year after. */
  today: CalendarDate;
  seed: number;
}

const DAYS_BEFORE = 60;
const DAYS = DAYS_BEFORE + 365;
/** Most stay for a weekend, some a week, few a month. */
const NIGHTS = [1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 6, 7, 7, 10, 14, 28];
const DAY_MS = 86_400_000;

/** Stays that do not overlap: many at popular properties, in season, at weekends and in the weeks ahead. */
export function* marketStays(wanted: StaysToDraw): Generator<MarketStay> {
  const { properties, count, today } = wanted;
  const draw = new Draw(wanted.seed);
  const seasons = MARKET_CITIES.map(({ peakMonth }) => seasonOf(today, peakMonth));
  const dates = Array.from({ length: DAYS * 3 }, (_, day) => addDays(today, day - DAYS_BEFORE));
  const ofAll = properties.reduce((sum, { popularity }) => sum + popularity, 0);
  let [popularity, drawn] = [0, 0];
  for (const property of properties) {
    popularity += property.popularity;
    const season = seasons[property.city];
    if (season === undefined) throw new RangeError(`There is no city ${property.city}.`);
    const due = Math.round((popularity / ofAll) * count) - drawn;
    const starts = Uint16Array.from({ length: due }, () => draw.placeIn(season)).sort();
    let free = 0;
    for (const start of starts) {
      const from = Math.max(start, free);
      free = from + draw.oneOf(NIGHTS);
      const [checkIn, checkOut] = [dates[from], dates[free]];
      if (checkIn === undefined || checkOut === undefined) break; // Fully booked for years.
      yield stayOf({ property, checkIn, checkOut }, drawn, { draw, wanted });
      drawn += 1;
    }
  }
}

function stayOf(
  { property, checkIn, checkOut }: Stay & { property: MarketProperty },
  index: number,
  { draw, wanted }: { draw: Draw; wanted: StaysToDraw },
): MarketStay {
  const nights = `[${checkIn},${checkOut})`;
  const stay = { property, checkIn, checkOut };
  if (draw.next() * 100 >= wanted.bookedPercent) {
    return {
      ...stay,
      booking: undefined,
      cells: [property.id, nights, 'block', null, `${BLOCK_PREFIX}${index}`],
    };
  }
  const madeAtMs = Math.min(Date.parse(checkIn), Date.parse(wanted.today)) - draw.between(1, 90) * DAY_MS;
  const booking = { id: draw.id('booking', madeAtMs), guestId: draw.oneOf(wanted.guests), madeAtMs };
  return { ...stay, booking, cells: [property.id, nights, 'booking', booking.id, null] };
}

/** No ids of hosts' own blocks look like these. */
const BLOCK_PREFIX = 'market:';

/** How much is asked for each day, added up: twice a year's mean at its peak, and the less the farther ahead. */
function seasonOf(today: CalendarDate, peakMonth: number): Float64Array {
  return runningSums(
    Array.from({ length: DAYS }, (_, day) => {
      const date = new Date(Date.parse(today) + (day - DAYS_BEFORE) * DAY_MS);
      const months = date.getUTCMonth() + date.getUTCDate() / 31 + 0.5 - peakMonth;
      const season = 1 + 0.8 * Math.cos((months / 12) * 2 * Math.PI);
      const isWeekend = date.getUTCDay() === 5 || date.getUTCDay() === 6;
      const ahead = Math.exp(-Math.max(0, day - DAYS_BEFORE) / 150);
      return season * (isWeekend ? 1.6 : 1) * ahead;
    }),
  );
}
