import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { payoutDueAt } from '#domain/payouts.ts';
import { bookStayId } from '#workflows/bookings.contract.ts';
import type { Traveller, World } from './journeys.ts';
import type { Wire } from './people.ts';
import { until } from './virtual-time.ts';

/** Has the bank know somebody, as they would: by its page. Gives the bank's id for them. */
export async function onboard(world: World, host: Traveller): Promise<string> {
  const { onboardingUrl } = await host.must(201, host.post('/users/me/payout-account'));
  await completeOnboarding(onboardingUrl);
  return accountOf(world, host);
}

export async function completeOnboarding(onboardingUrl: string): Promise<void> {
  const body = new URLSearchParams({ outcome: 'complete' });
  const { status } = await fetch(onboardingUrl, { method: 'POST', body, redirect: 'manual' });
  assert.equal(status, 303);
}

export async function accountOf({ db }: World, host: Traveller): Promise<string> {
  const row: Wire = await db('payout_accounts').where({ user_id: host.id }).first('account_id');
  assert.ok(row, 'the host has no account');
  return row.account_id;
}

export async function setStanding({ bank }: World, account: string, standing: string): Promise<void> {
  await bank.control('POST', `/accounts/${account}/standing`, { standing });
}

/** Moves a booking's own clock on to the moment at which its host is to be paid, and a moment past it. */
export async function passToPayout(world: World, booking: Wire, byMs = 1_000): Promise<void> {
  const dueMs = Date.parse(payoutDueAt(booking.checkInAt)) + byMs;
  await world.temporal.advanceTo(bookStayId(booking.id), dueMs);
}

/** Waits until the host sees one payout for a booking, in this status. */
export async function seesPayout(
  host: Traveller,
  bookingId: string,
  expected: { status: string; waitingFor?: string },
): Promise<Wire> {
  let data: Wire[] = [];
  await until(
    () => `the host of ${bookingId} has one payout ${JSON.stringify(expected)}: ${JSON.stringify(data)}`,
    async () => {
      ({ data } = await host.must(200, host.get(`/payouts?bookingId=${bookingId}`)));
      const [payout] = data;
      return payout?.status === expected.status && payout.waitingFor === expected.waitingFor;
    },
  );
  assert.equal(data.length, 1);
  return data[0];
}

/** Sends so much of what a host's account has to their own bank. */
export async function spend(world: World, account: string, amountMinor: number): Promise<void> {
  const { status } = await fetch(`${world.stack.addresses.stripeApiBase}/v1/payouts`, {
    method: 'POST',
    headers: {
      'authorization': 'Bearer sk_test_dashboard',
      'content-type': 'application/x-www-form-urlencoded',
      'stripe-account': account,
    },
    body: new URLSearchParams({ amount: String(amountMinor), currency: 'gbp' }),
  });
  assert.equal(status, 200);
}

/** Sends all that a host's account has to their own bank. */
export async function spendAll({ bank }: World, account: string): Promise<void> {
  await bank.control('POST', `/accounts/${account}/payout`);
}

/** Every transfer that the bank has made for a booking. */
export async function transfersOf({ bank }: World, bookingId: string): Promise<Stripe.Transfer[]> {
  const { data } = await bank.control('GET', '/objects/transfers');
  return data.filter(({ transfer_group: group }: Stripe.Transfer) => group === bookingId);
}

/** The host's share of a booking, by what it was sold for. */
export async function hostShareOf({ db }: World, bookingId: string): Promise<number> {
  const row: Wire = await db('bookings').where({ id: bookingId }).first('price');
  return row.price.hostPayoutMinor;
}
