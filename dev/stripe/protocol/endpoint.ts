import type { Bank } from '../bank.ts';
import type { Declined } from './errors.ts';
import type { Params } from './params.ts';

/** One request to the API: who asks (with a publishable key only what a browser may), and for what. */
export interface Call {
  bank: Bank;
  params: Params;
  /** The id in the address; empty when it has none. */
  id: string;
  publishable: boolean;
  /** The connected account on whose behalf it is asked, by the header `Stripe-Account`. */
  account?: string | undefined;
}

/** Answers an API object, or a decline that had its effect. Throws a `StripeProblem` before any effect. */
export type Endpoint = (call: Call) => object | Declined;
