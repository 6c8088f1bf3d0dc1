import { STAYS } from './acts.ts';
import type { Act, ActOf, Deed } from './acts.ts';
import {
  ARRIVAL_DAY_HOURS,
  asked,
  checkOutHours,
  mayBePaidLate,
  nextDue,
  nightsSpent,
  NO_SHOW_HOURS,
  overlap,
  refundMinor,
} from './reference.ts';
import type { Booked, Home, State } from './reference.ts';

/** What whoever acts is told: the HTTP status, and the code of a problem. */
export interface Answer {
  status: number;
  code?: string;
}

export const DONE: Answer = { status: 200 };
export const TAKEN: Answer = { status: 409, code: 'dates_unavailable' };
const UNKNOWN: Answer = { status: 404, code: 'not_found' };
const NOT_ANY: Answer = { status: 409, code: 'booking_state' };

export interface Outcome {
  /** One for each deed. */
  answers: readonly Answer[];
  state: State;
}

interface Rule<A> {
  /** Whether it makes sense at all; always, unless told. */
  isPossible?(booked: Booked, act: A, home: Home): boolean;
  /** What it comes to; no booking where it changes nothing. */
  leads(act: A, booked: Booked, around: Around): { answer: Answer; to?: Partial<Booked> };
}

interface Around {
  home: Home;
  /** Whether nobody else has a night of the booking's stay. */
  nightsAreFree: boolean;
}

/** The price is safe: the stay is certain, or its host is asked. */
function safe({ bookingMode, isFree }: Home): Partial<Booked> {
  const isTheHosts = true;
  if (bookingMode === 'request')
    return { status: 'awaiting_host', payment: isFree ? null : 'reserved', isTheHosts };
  return { status: 'confirmed', payment: isFree ? null : 'posted', isTheHosts };
}

/** Money is in, or reserved. Where it comes late its booking is back if it can have its nights; else it goes back. */
function paid({ status, stay }: Booked, { home, nightsAreFree }: Around): Partial<Booked> {
  if (status === 'held') return safe(home);
  return nightsAreFree ? { ...safe(home), nights: stay } : { payment: 'posted', isSentBack: true };
}

/** Over without money; but a bank that does not close the payment may still be paid. */
function over({ payment, staysOpen }: Booked, status: Booked['status']): Partial<Booked> {
  return { nights: null, status, payment: staysOpen ? payment : payment && 'voided' };
}

function isCertain({ status }: Booked): boolean {
  return status === 'confirmed' || status === 'in_stay';
}

function isUncertain({ status }: Booked): boolean {
  return status === 'held' || status === 'awaiting_host';
}

type Rules = { readonly [Does in Exclude<Act['does'], 'book'>]: Rule<ActOf<Does>> };

const RULES: Rules = {
  'pay': {
    leads({ card }, { status }, { home }) {
      if (status !== 'held') return { answer: NOT_ANY };
      if (card === 'good') return { answer: { status: 201 }, to: safe(home) };
      if (card === 'declined')
        return { answer: { status: 402, code: 'card_declined' }, to: { payment: 'pending' } };
      return { answer: { status: 201 }, to: { payment: 'requires_action', wasChallenged: true } };
    },
  },
  'pay in the browser': {
    isPossible: (booked, { card }) => booked.hasPage && (card === 'good' || !mayBePaidLate(booked)),
    leads({ card }, booked, around) {
      if (booked.status !== 'held' && !mayBePaidLate(booked)) return { answer: { status: 400 } };
      if (card === 'good') return { answer: DONE, to: paid(booked, around) };
      if (card === 'declined') return { answer: { status: 402 }, to: { payment: 'pending' } };
      return { answer: DONE, to: { payment: 'requires_action', wasChallenged: true } };
    },
  },
  'challenge': {
    isPossible: (booked, { outcome }) =>
      booked.wasChallenged && (outcome === 'pass' || !mayBePaidLate(booked)),
    leads({ outcome }, booked, around) {
      if (booked.payment !== 'requires_action') return { answer: DONE };
      return { answer: DONE, to: outcome === 'pass' ? paid(booked, around) : { payment: 'pending' } };
    },
  },
  'cancel': {
    // As long as the hold lasts the guest would have to wait for the bank.
    isPossible: ({ status, staysOpen }) => status !== 'held' || !staysOpen,
    leads(_act, booked, { home }) {
      if (isUncertain(booked)) return { answer: DONE, to: { ...over(booked, 'cancelled'), refundMinor: 0 } };
      if (!isCertain(booked)) return { answer: NOT_ANY };
      const window = booked.hours >= ARRIVAL_DAY_HOURS ? 'open' : 'none';
      const refund = refundMinor(home, booked);
      return { answer: DONE, to: { nights: null, status: 'cancelled', refundMinor: refund, window } };
    },
  },
  'answer': {
    leads({ accepts }, booked) {
      const { status, payment } = booked;
      if (status !== 'awaiting_host') return { answer: NOT_ANY };
      if (!accepts) return { answer: DONE, to: over(booked, 'declined') };
      return { answer: DONE, to: { status: 'confirmed', payment: payment && 'posted' } };
    },
  },
  'record': {
    leads({ by, what }, booked) {
      const { status, hours, hasArrived } = booked;
      if (what === 'no-show' && by === 'guest') return { answer: { status: 403, code: 'forbidden' } };
      if (status !== 'in_stay') return { answer: NOT_ANY };
      if (what === 'check-in') return { answer: DONE, to: { hasArrived: true, noShow: false } };
      if (what === 'check-out')
        return { answer: DONE, to: { status: 'completed', nights: nightsSpent(booked) } };
      if (hasArrived || hours < NO_SHOW_HOURS) return { answer: NOT_ANY };
      return { answer: DONE, to: { noShow: true } };
    },
  },
  'review': {
    leads({ by }, { window, reviews }) {
      if (window !== 'open' || reviews[by] !== undefined)
        return { answer: { status: 409, code: 'review_not_eligible' } };
      const answer = { status: 201 };
      if (Object.keys(reviews).length === 0) return { answer, to: { reviews: { [by]: 'hidden' } } };
      return { answer, to: { reviews: { guest: 'public', host: 'public' }, window: 'over' } };
    },
  },
  'clock': {
    isPossible: (booked) => nextDue(booked) !== undefined,
    leads({ comes }, booked) {
      return comes === 'almost there' ? { answer: DONE } : { answer: DONE, to: whenDue(booked) };
    },
  },
  'let go': {
    isPossible: ({ payment }) => payment === 'reserved',
    leads: (_act, booked) => ({ answer: DONE, to: over(booked, 'rejected') }),
  },
  'never close': {
    isPossible: ({ status, staysOpen }, _act, { bookingMode }) =>
      status === 'held' && !staysOpen && bookingMode === 'instant',
    leads: () => ({ answer: DONE, to: { staysOpen: true } }),
  },
  'old news': { isPossible: ({ payment }) => payment !== null, leads: () => ({ answer: DONE }) },
};

/** What the next instant that something is due at does to a booking. */
function whenDue(booked: Booked): Partial<Booked> {
  const { status, hostIsReminded, reviews } = booked;
  if (status === 'held') return over(booked, 'expired');
  if (status === 'awaiting_host') return hostIsReminded ? over(booked, 'expired') : { hostIsReminded: true };
  const due = nextDue(booked);
  if (due?.at === 'closes_at') {
    const revealed = Object.fromEntries(Object.keys(reviews).map((side) => [side, 'public']));
    return { reviews: revealed, window: 'over' };
  }
  const hours = due?.plusHours ?? booked.hours;
  if (hours >= checkOutHours(booked)) return { hours, status: 'completed', window: 'open' };
  return { hours, ...(hours >= 0 && { status: 'in_stay' }) };
}

function book({ by, stay, card }: ActOf<'book'>, on: string, state: State): Outcome {
  const { home, bookings } = state;
  const wanted = asked(by, STAYS[stay]);
  if (Object.values(bookings).some(({ nights }) => overlap(nights, wanted.nights)))
    return { answers: [TAKEN], state };
  const become = (answer: Answer, to: Partial<Booked>): Outcome => ({
    answers: [answer],
    state: { home, bookings: { ...bookings, [on]: { ...wanted, ...to } } },
  });
  if (home.isFree || card === 'good') return become({ status: 201 }, safe(home));
  if (card === 'declined') return become({ status: 402, code: 'card_declined' }, over(wanted, 'rejected'));
  if (card === 'none') return become({ status: 201 }, { hasPage: true });
  const challenged = { payment: 'requires_action', hasPage: true, wasChallenged: true } as const;
  return become({ status: 201 }, challenged);
}

export function isPossible({ act, on }: Deed, { home, bookings }: State): boolean {
  if (act.does === 'book') return true;
  const booked = bookings[on];
  return booked !== undefined && (RULES[act.does] as Rule<Act>).isPossible?.(booked, act, home) !== false;
}

function isByHost(act: Act): boolean {
  return act.does === 'answer' || ('by' in act && act.by === 'host');
}

/** What one deed comes to. */
export function after({ act, on }: Deed, state: State): Outcome {
  if (act.does === 'book') return book(act, on, state);
  const { home, bookings } = state;
  const booked = bookings[on];
  if (booked === undefined || (isByHost(act) && !booked.isTheHosts)) return { answers: [UNKNOWN], state };
  const others = Object.entries(bookings).filter(([name]) => name !== on);
  const nightsAreFree = others.every(([, { nights }]) => !overlap(nights, booked.stay));
  const { answer, to } = (RULES[act.does] as Rule<Act>).leads(act, booked, { home, nightsAreFree });
  return { answers: [answer], state: { home, bookings: { ...bookings, [on]: { ...booked, ...to } } } };
}
