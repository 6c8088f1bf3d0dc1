import type { BookingId, PropertyId, UserId } from '#domain/ids.ts';
import type { Currency } from '#domain/money.ts';
import type { Instant } from '#domain/nights.ts';
import type { Db, Transaction } from './connect.ts';

/** Whose statement, in which currency, from when on and before when. */
export interface StatementScope {
  hostId: UserId;
  currency: Currency;
  since: Instant;
  before: Instant;
}

/** Where a reader has come to: movements stand in the order of their instants, those of one instant in that of their steps. */
export interface Position {
  at: Instant;
  step: string;
}

/** What a step of the ledger did to its host's accounts, in minor units, in the host's favour. */
export interface HostMovement extends Position {
  bookingId: BookingId;
  propertyId: PropertyId;
  propertyTitle: string;
  amountMinor: number;
  /** What of the host's debts it paid; below nothing where they owe more by it. */
  debtPaidMinor: number;
}

/** The sums of the steps that begin with one word. */
export interface StepSums {
  word: string;
  /** Before the period. */
  earlierMinor: number;
  /** From the beginning of time up to a position, that included; the same as `earlierMinor` without one. */
  carriedMinor: number;
  count: number;
  amountMinor: number;
}

/** What each step did to the accounts of its host; a step that did nothing to them has no row. */
const OF_HOST = `
  cross join lateral (
    select - sum(e.amount_minor)::bigint as amount_minor,
           - coalesce(sum(e.amount_minor) filter (where e.account = 'host_debt'), 0)::bigint as debt_paid_minor
    from ledger_entries e
    where e.step = t.step and e.account in ('host_payable', 'host_debt') and e.currency = :currency
    having count(*) > 0
  ) as h`;

/** Adds up all that a host's accounts have seen up to the end of a period, by the first word of the step. */
export async function sumMovements(
  db: Db | Transaction,
  { hostId, currency, since, before }: StatementScope,
  upTo?: Position,
): Promise<StepSums[]> {
  const { rows } = await db.raw<{ rows: StepSums[] }>(
    `select split_part(t.step, ':', 1) as word,
            coalesce(sum(h.amount_minor) filter (where t.occurred_at < :since), 0)::bigint as "earlierMinor",
            coalesce(sum(h.amount_minor) filter (
              where (t.occurred_at, t.step) <= (cast(:upToAt as timestamptz), :upToStep)), 0)::bigint as "carriedMinor",
            count(*) filter (where t.occurred_at >= :since) as count,
            coalesce(sum(h.amount_minor) filter (where t.occurred_at >= :since), 0)::bigint as "amountMinor"
     from ledger_transactions t ${OF_HOST}
     where t.host_id = :hostId and t.occurred_at < :before
     group by word`,
    { hostId, currency, since, before, upToAt: upTo?.at ?? since, upToStep: upTo?.step ?? '' },
  );
  return rows;
}

/** Some movements of a period in their order, from after `after` on. */
export async function listMovements(
  db: Db | Transaction,
  { hostId, currency, since, before }: StatementScope,
  { after, limit }: { after: Position | undefined; limit: number },
): Promise<HostMovement[]> {
  const { rows } = await db.raw<{ rows: HostMovement[] }>(
    `select t.step, t.occurred_at as at, t.booking_id as "bookingId", b.property_id as "propertyId",
            p.title as "propertyTitle", h.amount_minor as "amountMinor", h.debt_paid_minor as "debtPaidMinor"
     from ledger_transactions t ${OF_HOST}
     join bookings b on b.id = t.booking_id
     join properties p on p.id = b.property_id
     where t.host_id = :hostId and t.occurred_at >= :since and t.occurred_at < :before
       and (t.occurred_at, t.step) > (cast(:afterAt as timestamptz), :afterStep)
     order by t.occurred_at, t.step
     limit :limit`,
    { hostId, currency, since, before, limit, afterAt: after?.at ?? since, afterStep: after?.step ?? '' },
  );
  return rows;
}

/** How many movements are read at once where all of them are. */
export const MOVEMENTS_AT_ONCE = 1_000;

/** Every movement of a period in its order, read as it is asked for; no transaction is open meanwhile. */
export async function* everyMovement(db: Db, scope: StatementScope): AsyncGenerator<HostMovement> {
  let after: Position | undefined;
  do {
    const movements = await listMovements(db, scope, { after, limit: MOVEMENTS_AT_ONCE });
    yield* movements;
    after = movements.length < MOVEMENTS_AT_ONCE ? undefined : movements.at(-1);
  } while (after !== undefined);
}

/** The currencies in which a host has ever been owed, or has owed, something. */
export async function findStatementCurrencies(db: Db, hostId: UserId): Promise<Currency[]> {
  const { rows } = await db.raw<{ rows: { currency: Currency }[] }>(
    `select distinct e.currency from ledger_transactions t join ledger_entries e using (step)
     where t.host_id = ? and e.account in ('host_payable', 'host_debt') order by e.currency`,
    [hostId],
  );
  return rows.map(({ currency }) => currency);
}
