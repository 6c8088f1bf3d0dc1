import { findPayoutAccount, keepPayoutAccount } from '#db/payout-accounts.ts';
import { findUser } from '#db/users.ts';
import { DomainError, notFound } from '#domain/errors.ts';
import type { UserId } from '#domain/ids.ts';
import type { Payee } from '#domain/payouts.ts';
import type { ApiDeps } from '../deps.ts';
import { endpoint } from '../endpoint.ts';
import { created, ok } from '../replies.ts';
import { presentPayoutAccount } from './presenter.ts';
import { NewPayoutAccount, OpenedPayoutAccount, PayoutAccount } from './schemas.ts';

export const openPayoutAccount = endpoint({
  method: 'post',
  path: '/users/me/payout-account',
  auth: 'user',
  tags: ['payouts'],
  summary: 'Be paid by the bank',
  description:
    'Opens your account at the bank, unless there is one, and answers with the address at which you tell the bank who ' +
    'you are. Payouts that were due before are made as soon as it can pay you.',
  input: NewPayoutAccount,
  output: { 201: OpenedPayoutAccount },
  problems: ['unavailable'],
  async handle({ input, actor, request, bank, db }) {
    const { returnUrl = `${request.origin}/docs` } = input;
    return fromBank(async () => {
      const payee = await payeeFor({ db, bank }, actor.id);
      const onboardingUrl = await bank.onboard(payee.accountId, { returnUrl, refreshUrl: returnUrl });
      return created(
        { ...presentPayoutAccount(payee), onboardingUrl },
        { location: '/users/me/payout-account' },
      );
    });
  },
});

export const readPayoutAccount = endpoint({
  method: 'get',
  path: '/users/me/payout-account',
  auth: 'user',
  tags: ['payouts'],
  summary: 'Read whether the bank can pay you',
  output: { 200: PayoutAccount },
  problems: ['unavailable'],
  async handle({ actor, bank, db }) {
    const accountId = await findPayoutAccount(db, actor.id);
    if (accountId === undefined) return ok(presentPayoutAccount(undefined));
    return fromBank(async () => ok(presentPayoutAccount(await bank.readPayee(accountId))));
  },
});

/** Their account at the bank; a new one where there is none, or the bank does not let us pay the one they had (M27). */
async function payeeFor({ db, bank }: Pick<ApiDeps, 'db' | 'bank'>, userId: UserId): Promise<Payee> {
  const known = await findPayoutAccount(db, userId);
  const payee = known === undefined ? undefined : await bank.readPayee(known);
  if (payee !== undefined) return payee;
  const user = await findUser(db, userId);
  if (user === undefined) throw notFound('user');
  const opened = await bank.openPayee({ userId, email: user.email, replaces: known });
  const accountId = await keepPayoutAccount(db, userId, { accountId: opened, replaces: known });
  return { accountId, isOnboarded: false, isPayable: false, missing: [] };
}

/** Nothing is lost by a bank that does not answer: whoever asks again gets the same account. */
async function fromBank<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'BankUnavailable') throw error;
    throw new DomainError('unavailable', 'The bank does not answer. Try again in a moment.');
  }
}
