import type Stripe from 'stripe';
import { invalid, missing } from './errors.ts';
import type { Params } from './params.ts';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

/** A page of `records`, which come newest first. Reads the cursor parameters. */
export function page<T extends { id: string }>(
  records: readonly T[],
  params: Params,
  url: string,
): Stripe.ApiList<T> {
  const limit = limitOf(params);
  const after = params.text('starting_after');
  const before = params.text('ending_before');
  params.done();
  if (after !== undefined && before !== undefined)
    throw invalid('You can not use both starting_after and ending_before.', 'ending_before');
  if (before !== undefined) {
    const end = positionOf(records, before, 'ending_before');
    const start = Math.max(0, end - limit);
    return { object: 'list', data: records.slice(start, end), has_more: start > 0, url };
  }
  const start = after === undefined ? 0 : positionOf(records, after, 'starting_after') + 1;
  const data = records.slice(start, start + limit);
  return { object: 'list', data, has_more: start + limit < records.length, url };
}

export function limitOf(params: Params): number {
  const limit = params.integer('limit') ?? DEFAULT_LIMIT;
  if (limit < 1 || limit > MAX_LIMIT) throw invalid('limit must be between 1 and 100.', 'limit');
  return limit;
}

/** `created=…` or `created[gt|gte|lt|lte]=…`, in epoch seconds. */
export function createdFilter(params: Params): (record: { created: number }) => boolean {
  if (!params.isHash('created')) {
    const exact = params.integer('created');
    return ({ created }) => exact === undefined || created === exact;
  }
  const range = params.nested('created');
  const above = range?.integer('gt') ?? -Infinity;
  const from = range?.integer('gte') ?? -Infinity;
  const below = range?.integer('lt') ?? Infinity;
  const to = range?.integer('lte') ?? Infinity;
  return ({ created }) => created > above && created >= from && created < below && created <= to;
}

function positionOf(records: readonly { id: string }[], id: string, param: string): number {
  const position = records.findIndex((record) => record.id === id);
  if (position < 0) throw missing('object', id, param);
  return position;
}
