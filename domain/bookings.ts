/** The life of a booking as data. The database changes a status only along these edges, by guarded updates. */
export const BOOKING_STATUSES = [
  'requested',
  'held',
  'awaiting_host',
  'confirmed',
  'in_stay',
  'completed',
  'rejected',
  'declined',
  'expired',
  'cancelled',
] as const;
export type BookingStatus = (typeof BOOKING_STATUSES)[number];

/**
 * Every way on. `expired → confirmed` is the one exit from an end: money that arrived late while its nights were
 * still free.
 */
export const TRANSITIONS: Readonly<Record<BookingStatus, readonly BookingStatus[]>> = {
  requested: ['held', 'rejected', 'cancelled'],
  held: ['awaiting_host', 'confirmed', 'rejected', 'expired', 'cancelled'],
  awaiting_host: ['confirmed', 'declined', 'expired', 'cancelled', 'rejected'],
  confirmed: ['in_stay', 'cancelled'],
  in_stay: ['completed', 'cancelled'],
  completed: [],
  rejected: [],
  declined: [],
  expired: ['confirmed'],
  cancelled: [],
};

/** The statuses from which a booking may become `status`: the `where` of a guarded update. */
export function statusesBefore(status: BookingStatus): BookingStatus[] {
  return BOOKING_STATUSES.filter((from) => TRANSITIONS[from].includes(status));
}

/** Whether a booking that is `from` may come to be `to` one day. There is no way round in a circle: what is past never is. */
export function canBecome(from: BookingStatus, to: BookingStatus): boolean {
  return TRANSITIONS[from].some((next) => next === to || canBecome(next, to));
}

/** Statuses in which the booking's nights are its own. */
export const HOLDING_STATUSES = ['held', 'awaiting_host', 'confirmed', 'in_stay'] as const;

/** Statuses from which nothing more happens, late money aside. */
export function isEnded(status: BookingStatus): boolean {
  return status === 'expired' || TRANSITIONS[status].length === 0;
}

/** RULES.md "Holds": how long nights wait for their payment. The instant of the end itself is outside the hold. */
export const HOLD_MINUTES = 15;
export const MAX_LIVE_HOLDS_PER_GUEST = 3;

export function holdExpiry(heldAt: string): string {
  return new Date(Date.parse(heldAt) + HOLD_MINUTES * 60_000).toISOString();
}

/** Why a booking was refused: the error's code and what goes with it (`rule`, `declineCode`, …). */
export interface Rejection {
  code: string;
  message: string;
  details?: Readonly<Record<string, unknown>>;
}
