import { z } from 'zod';
import { disconnect, findAccount, setStanding, STANDING_NAMES } from '../objects/accounts.ts';
import { failPayout, findPayout, payOutAll, settlePayout } from '../objects/payouts.ts';
import { currencyOf } from '../objects/currencies.ts';
import { setCurrency } from '../objects/exchange.ts';
import type { Simulation } from './controls.ts';

/** What can happen to connected accounts and their payouts, by method and path under `/_sim`. */
export const CONNECT_CONTROLS = {
  'POST /accounts/:id/standing'({ bank }: Simulation, input: unknown, id: string) {
    const { standing } = z
      .strictObject({ standing: z.enum([...STANDING_NAMES, 'disconnected']) })
      .parse(input);
    return bank.act(undefined, () => {
      const account = findAccount(bank, id);
      if (standing !== 'disconnected') return setStanding(bank, account, standing);
      disconnect(bank, account);
      return { id, disconnected: true };
    });
  },
  'POST /accounts/:id/currency'({ bank }: Simulation, input: unknown, id: string) {
    const currency = z.string().transform(currencyOf);
    const { refuses, ...own } = z
      .strictObject({ currency, rate: z.number().positive(), refuses: z.array(currency).default([]) })
      .parse(input);
    return bank.act(undefined, () => setCurrency(bank, findAccount(bank, id), { ...own, refuses }));
  },
  'POST /accounts/:id/payout'({ bank }: Simulation, _input: unknown, id: string) {
    return bank.act(undefined, () => ({ data: payOutAll(bank, findAccount(bank, id)) }));
  },
  'POST /payouts/:id/settlement'({ bank }: Simulation, input: unknown, id: string) {
    const { outcome, failureCode } = z
      .strictObject({
        outcome: z.enum(['succeed', 'fail']),
        failureCode: z.string().default('account_closed'),
      })
      .parse(input);
    return bank.act(undefined, () =>
      outcome === 'succeed'
        ? settlePayout(bank, findPayout(bank, id))
        : failPayout(bank, findPayout(bank, id), failureCode),
    );
  },
};
