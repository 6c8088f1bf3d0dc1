import { coinMinor, percentOf } from '../money.ts';
import type { Currency } from '../money.ts';

/**
 * How the platform is paid, in hundredths of a percent of what the host's side of the stay costs (`hostBaseMinor`): by
 * both sides, or by the host alone.
 */
export const SERVICE_FEES = {
  split: { guestBasisPoints: 1_400, hostBasisPoints: 300 },
  host_only: { guestBasisPoints: 0, hostBasisPoints: 1_550 },
} as const;
export type ServiceFeeMode = keyof typeof SERVICE_FEES;
export const SERVICE_FEE_MODES = ['split', 'host_only'] as const satisfies readonly ServiceFeeMode[];

/** What the guest's fee depends on. Amounts in minor units. */
export interface FeeBasis {
  hostBaseMinor: number;
  mode: ServiceFeeMode;
  currency: Currency;
  /** Taxes that come on top. */
  addedTaxMinor?: number;
  /** Fees that did not go back with what is no longer on the bill. */
  keptMinor?: number;
}

/** The guest's percentage, and what is kept of earlier ones, in minor units: before coins. */
export function plainGuestFee({ hostBaseMinor, mode, keptMinor = 0 }: FeeBasis): number {
  return percentOf(hostBaseMinor, SERVICE_FEES[mode].guestBasisPoints) + keptMinor;
}

/** The guest's whole fee in minor units: with what is missing to a total, taxes too, that can be paid in coins. */
export function guestServiceFee(basis: FeeBasis): number {
  const { hostBaseMinor, currency, addedTaxMinor = 0 } = basis;
  const coin = coinMinor(currency);
  const restMinor = hostBaseMinor + addedTaxMinor;
  return Math.ceil((restMinor + plainGuestFee(basis)) / coin) * coin - restMinor;
}

export function hostServiceFee({ hostBaseMinor, mode }: FeeBasis): number {
  return percentOf(hostBaseMinor, SERVICE_FEES[mode].hostBasisPoints);
}
