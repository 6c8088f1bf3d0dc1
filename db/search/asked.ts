/** A stay that a search asks about, as the statement knows it: SQL of its dates and of how many its nights are. */
export interface AskedStay {
  checkIn: string;
  checkOut: string;
  nights: string;
  /** How many of the nights are at the weekend. */
  weekendNights: string;
}

/** The one stay of a search for certain dates. */
export const THE_STAY: AskedStay = {
  checkIn: 'cast(:checkIn as date)',
  checkOut: 'cast(:checkOut as date)',
  nights: 'cast(:nights as integer)',
  weekendNights: 'cast(:weekendNights as integer)',
};

/** One of several that would do, all as long: a row of `STAYS_ASKED`. */
export const ONE_OF_THE_STAYS: AskedStay = {
  checkIn: 'asked.check_in',
  checkOut: '(asked.check_in + cast(:nights as integer))',
  nights: 'cast(:nights as integer)',
  weekendNights: 'asked.weekend_nights',
};

/** In the order in which they are liked. */
export const STAYS_ASKED =
  'unnest(cast(:checkIns as date[]), cast(:weekendNightsOfEach as integer[])) with ordinality as asked(check_in, weekend_nights, preference)';

/** The moment of the search. */
export const NOW = 'cast(:now as timestamptz)';

/** The property's today, where it is `now`. */
export const TODAY = `cast(${NOW} at time zone p.time_zone as date)`;
