import { STAYS } from './acts.ts';
import type { Deed } from './acts.ts';
import { overlap } from './reference.ts';
import type { State } from './reference.ts';
import { after, DONE, TAKEN } from './rules.ts';
import type { Outcome } from './rules.ts';

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
