import DataLoader from 'dataloader';
import type { ParameterizedContext } from 'koa';
import type { Db } from '#db/connect.ts';
import { findBookings, findProperties, findUsers } from '#db/look-ups.ts';
import { findExpectedAt } from '#db/bookings.ts';
import { findStayRules } from '#db/stay-rules.ts';
import { readInstalmentsOf } from '#db/instalments.ts';
import type { InstalmentWithPayment } from '#db/instalments.ts';
import { findPaymentsOf } from '#db/payments.ts';
import type { PaymentRow } from '#db/payments.ts';
import type { BookingRow } from '#db/bookings.ts';
import type { PropertyRow } from '#db/properties.ts';
import type { UserRow } from '#db/users.ts';
import type { StayRules } from '#domain/availability.ts';
import { DomainError } from '#domain/errors.ts';
import type { AlterationId, BookingId, PaymentId, PropertyId, UserId } from '#domain/ids.ts';
import type { Actor } from '#domain/permissions.ts';
import { readAlterations } from '../bookings/alteration-presenter.ts';
import type { AlterationWithPayment } from '../bookings/alteration-presenter.ts';
import type { Progress } from '../bookings/progress.ts';
import type { ApiDeps } from '../deps.ts';
import type { ApiState } from '../request.ts';

/** What every field is given beside its parent and arguments. */
export interface Context {
  deps: ApiDeps;
  progress: Progress;
  koa: ParameterizedContext<ApiState>;
  actor: Actor | undefined;
  loaders: Loaders;
  /** Whether a mutation of this request has been carried out: what was read before may be old. */
  hasActed: boolean;
}

/** Rows by id. What the fields of one level ask for is one statement, and a row that was read is not read again. */
export interface Loaders {
  users: DataLoader<UserId, UserRow | undefined>;
  properties: DataLoader<PropertyId, PropertyRow | undefined>;
  bookings: DataLoader<BookingId, BookingRow | undefined>;
  payments: DataLoader<PaymentId, PaymentRow | undefined>;
  alterations: DataLoader<AlterationId, AlterationWithPayment | undefined>;
  instalments: DataLoader<BookingId, InstalmentWithPayment[] | undefined>;
  rules: DataLoader<PropertyId, StayRules | undefined>;
  /** At which properties a guest is expected. */
  expectedAt: DataLoader<UserId, Set<PropertyId> | undefined>;
}

function inBatches<Id, Row>(find: (ids: Id[]) => Promise<Map<Id, Row>>): DataLoader<Id, Row | undefined> {
  return new DataLoader(async (ids) => {
    const found = await find([...ids]);
    return ids.map((id) => found.get(id));
  });
}

/** For one request: rows must not be remembered any longer. */
export function createLoaders(db: Db): Loaders {
  return {
    users: inBatches((ids) => findUsers(db, ids)),
    properties: inBatches((ids) => findProperties(db, ids)),
    bookings: inBatches((ids) => findBookings(db, ids)),
    payments: inBatches((ids) => findPaymentsOf(db, ids)),
    alterations: inBatches((ids) => readAlterations(db, ids)),
    instalments: inBatches((ids) => readInstalmentsOf(db, ids)),
    rules: inBatches((ids) => findStayRules(db, ids)),
    expectedAt: inBatches((ids) => findExpectedAt(db, ids)),
  };
}

/** Who asks, for a field that is nobody else's. @throws DomainError `unauthenticated` */
export function signedIn({ actor }: Context): Actor {
  if (actor === undefined) throw new DomainError('unauthenticated', 'This needs a signed-in user.');
  return actor;
}
