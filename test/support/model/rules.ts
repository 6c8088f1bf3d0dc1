import { STAYS } from './acts.ts';
import type { Act, ActOf, Deed } from './acts.ts';
import {
  ARRIVAL_DAY_HOURS,
  asked,
  checkOutHours,
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

export interface Outcome {
  /** One for each deed. */
  answers: readonly Answer[];
  state: State;
}

interface Rule<A> {
  /** Whether it makes sense at all; always, unless told. */
  isPossible?(booked: Booked): boolean;
  /** What it comes to; no booking where it changes nothing. */
  leads(act: A, booked: Booked, home: Home): { answer: Answer; to?: Partial<Booked> };
}

const DONE: Answer = { status: 200 };
const TAKEN: Answer = { status: 409, code: 'dates_unavailable' };
const UNKNOWN: Answer = { status: 404, code: 'not_found' };
const NOT_ANY: Answer = { status: 409, code: 'booking_state' };

/** The price is safe: the stay is certain, or its host is asked. */
function safe({ bookingMode, isFree }: Home): Partial<Booked> {
  const isTheHosts = true;
  if (bookingMode === 'request')
    return { status: 'awaiting_host', payment: isFree ? null : 'reserved', isTheHosts };
  return { status: 'confirmed', payment: isFree ? null : 'posted', isTheHosts };
}

/** Over without money. */
function over({ payment }: Booked, status: Booked['status']): Partial<Booked> {
  return { nights: null, status, payment: payment && 'voided' };
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
    leads({ card }, { status }, home) {
      if (status !== 'held') return { answer: NOT_ANY };
      if (card === 'good') return { answer: { status: 201 }, to: safe(home) };
      if (card === 'declined')
        return { answer: { status: 402, code: 'card_declined' }, to: { payment: 'pending' } };
      return { answer: { status: 201 }, to: { payment: 'requires_action', wasChallenged: true } };
    },
  },
  'pay in the browser': {
    isPossible: ({ hasPage }) => hasPage,
    leads({ card }, { status }, home) {
      if (status !== 'held') return { answer: { status: 400 } };
      if (card === 'good') return { answer: DONE, to: safe(home) };
      if (card === 'declined') return { answer: { status: 402 }, to: { payment: 'pending' } };
      return { answer: DONE, to: { payment: 'requires_action', wasChallenged: true } };
    },
  },
  'challenge': {
    isPossible: ({ wasChallenged }) => wasChallenged,
    leads({ outcome }, { payment }, home) {
      if (payment !== 'requires_action') return { answer: DONE };
      return { answer: DONE, to: outcome === 'pass' ? safe(home) : { payment: 'pending' } };
    },
  },
  'cancel': {
    leads(_act, booked, home) {
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

export function isPossible({ act, on }: Deed, { bookings }: State): boolean {
  if (act.does === 'book') return true;
  const booked = bookings[on];
  return booked !== undefined && RULES[act.does].isPossible?.(booked) !== false;
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
  const { answer, to } = (RULES[act.does] as Rule<Act>).leads(act, booked, home);
  return { answers: [answer], state: { home, bookings: { ...bookings, [on]: { ...booked, ...to } } } };
}

/**
 * What deeds done at the same moment may come to: as if one after the other, in either order. Of what a payer has done
 * at the bank the booking need not have heard by then, so that no host was asked; and while the bank says no to one
 * guest, another may find the nights taken.
 */
export function outcomesOf(deeds: readonly Deed[], state: State): Outcome[] {
  const [one, other] = deeds;
  if (one === undefined) return [{ answers: [], state }];
  if (other === undefined) return [after(one, state)];
  const thus = (first: Deed, second: Deed) => {
    const {
      answers: [firstAnswer = DONE],
      state: between,
    } = after(first, state);
    const {
      answers: [secondAnswer = DONE],
      state: end,
    } = after(second, between);
    return { first: firstAnswer, second: secondAnswer, end };
  };
  const [there, back] = [thus(one, other), thus(other, one)];
  const orders = [
    { answers: [there.first, there.second], state: there.end },
    { answers: [back.second, back.first], state: back.end },
  ];
  if (wantTheSame(deeds) && there.first.status === 402)
    orders.push({ answers: [there.first, TAKEN], state: after(one, state).state });
  if (wantTheSame(deeds) && back.first.status === 402)
    orders.push({ answers: [TAKEN, back.first], state: after(other, state).state });
  const payer = deeds.find(({ act }) => act.does === 'pay in the browser' || act.does === 'challenge');
  if (payer === undefined) return orders;
  return orders.flatMap((outcome) => [outcome, unheard(outcome, { on: payer.on, before: state })]);
}

function wantTheSame(deeds: readonly Deed[]): boolean {
  const [one, other] = deeds.map(({ act }) => (act.does === 'book' ? STAYS[act.stay] : null));
  return overlap(one ?? null, other ?? null);
}

function unheard({ answers, state }: Outcome, { on, before }: { on: string; before: State }): Outcome {
  const booked = state.bookings[on];
  const isTheHosts = before.bookings[on]?.isTheHosts ?? false;
  if (booked === undefined) return { answers, state };
  return { answers, state: { ...state, bookings: { ...state.bookings, [on]: { ...booked, isTheHosts } } } };
}
