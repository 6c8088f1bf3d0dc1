import { copyNightPrices, setNightPrices } from '#db/night-prices.ts';
import type { NightPrice } from '#db/night-prices.ts';
import { updateProperty } from '#db/properties.ts';
import type { PropertyRow } from '#db/properties.ts';
import { inTransaction } from '#db/transaction.ts';
import { DomainError } from '#domain/errors.ts';
import type { FieldError } from '#domain/errors.ts';
import { maximumChargeMinor } from '#domain/money.ts';
import { addDays, nightCount, todayIn } from '#domain/nights.ts';
import type { Stay } from '#domain/nights.ts';
import { NIGHT_PRICE_LIMITS, nightsInReach } from '#domain/pricing/nights.ts';
import { endpoint } from '../endpoint.ts';
import { requirePricesChargeable } from '../properties/input.ts';
import { hostsProperty, visibleProperty } from '../properties/access.ts';
import { OfProperty } from '../properties/schemas.ts';
import { noContent, ok } from '../replies.ts';
import { presentPrices, priceColumnsOf } from './price-presenter.ts';
import { NewNightPrices, NewPrices, nightPricesOf, Prices, SeasonCopy } from './price-schemas.ts';

function errorsOfNights(
  { timeZone }: PropertyRow,
  { checkIn, checkOut }: Stay,
  { at, from, to }: { at: Date; from: string; to: string },
): FieldError[] {
  const reach = nightsInReach(todayIn(timeZone, at.toISOString()));
  const { daysAhead } = NIGHT_PRICE_LIMITS;
  return [
    ...(checkIn < reach.checkIn ? [{ path: from, message: 'Must not be in the past.' }] : []),
    ...(checkOut > reach.checkOut
      ? [{ path: to, message: `No night may be more than ${daysAhead} days ahead.` }]
      : []),
  ];
}

function errorsOfAmount({ currency }: PropertyRow, { amountMinor }: NightPrice, path: string): FieldError[] {
  const most = maximumChargeMinor(currency);
  if (amountMinor === null || amountMinor <= most) return [];
  return [{ path, message: `Must be ${most} at most in ${currency}.` }];
}

function requireGood(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw new DomainError('invalid_input', 'Please check the prices.', { errors });
}

export const readPrices = endpoint({
  method: 'get',
  path: '/properties/{id}/pricing',
  auth: 'optional',
  summary: 'Read all prices of a property',
  description: 'Taxes and discounts too. What a single night costs is in the calendar.',
  params: OfProperty,
  output: { 200: Prices },
  problems: ['not_found'],
  async handle({ params, actor, db }) {
    return ok(presentPrices(await visibleProperty(db, params.id, actor)));
  },
});

export const replacePrices = endpoint({
  method: 'put',
  path: '/properties/{id}/pricing',
  auth: 'user',
  summary: 'Set all prices of your property',
  description:
    'What is left out goes back to its default; nights with a price of their own keep it. Bookings and quotes made ' +
    'before are not touched.',
  params: OfProperty,
  input: NewPrices,
  output: { 200: Prices },
  problems: ['not_found'],
  async handle({ params, input, actor, db, properties }) {
    const row = await inTransaction(db, async (trx) => {
      const property = { id: params.id, hostId: actor.id };
      const after = await updateProperty(trx, property, priceColumnsOf(input));
      requirePricesChargeable(after, '');
      return after;
    });
    await properties.drop(params.id);
    return ok(presentPrices(row));
  },
});

export const replaceNightPrices = endpoint({
  method: 'put',
  path: '/properties/{id}/night-prices',
  auth: 'user',
  summary: 'Set the prices of many nights at once',
  description: 'All or none. Nights that are not named stay as they are, and so do bookings made before.',
  params: OfProperty,
  input: NewNightPrices,
  output: { 204: null },
  problems: ['not_found'],
  async handle({ params, input, actor, db, properties, now }) {
    const property = await hostsProperty(db, params.id, actor);
    const prices = nightPricesOf(input);
    requireGood(
      prices.flatMap((price, index) => [
        ...errorsOfNights(property, price, {
          at: now(),
          from: `prices.${index}.from`,
          to: `prices.${index}.to`,
        }),
        ...errorsOfAmount(property, price, `prices.${index}.price`),
      ]),
    );
    await inTransaction(db, (trx) => setNightPrices(trx, property, prices));
    await properties.drop(params.id);
    return noContent();
  },
});

export const copySeason = endpoint({
  method: 'post',
  path: '/properties/{id}/night-prices/copies',
  auth: 'user',
  summary: 'Copy the prices of a season',
  description:
    'Night by night to another start. Nights that have no price of their own in the season have none there either.',
  params: OfProperty,
  input: SeasonCopy,
  output: { 204: null },
  problems: ['not_found'],
  async handle({ params, input, actor, db, properties, now }) {
    const property = await hostsProperty(db, params.id, actor);
    const { from: checkIn, to: checkOut, start } = input;
    const from = { checkIn, checkOut };
    const copy = { checkIn: start, checkOut: addDays(start, nightCount(from)) };
    requireGood(errorsOfNights(property, copy, { at: now(), from: 'start', to: 'start' }));
    await inTransaction(db, (trx) => copyNightPrices(trx, property, { from, to: start }));
    await properties.drop(params.id);
    return noContent();
  },
});

export const priceEndpoints = [readPrices, replacePrices, replaceNightPrices, copySeason];
