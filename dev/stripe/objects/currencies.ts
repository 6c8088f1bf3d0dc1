import { invalid } from '../protocol/errors.ts';

/**
 * The bank's own rules for amounts, kept apart from ours on purpose: where the two disagree, a test should fail.
 * Amounts are integers in the unit that the API takes, which is not always the currency's minor unit.
 */
const MINIMUM_AMOUNTS: Readonly<Record<string, number>> = {
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
  usd: 50,
};

const ZERO_DECIMAL = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ');
const THREE_DECIMAL = 'bhd jod kwd omr tnd'.split(' ');
/** Without minor unit, yet sent as if there were two decimals. */
const WHOLE_HUNDREDS = ['isk', 'ugx'];

const CURRENCIES = new Set(Intl.supportedValuesOf('currency').map((code) => code.toLowerCase()));

const MAXIMUM_AMOUNT = 99_999_999;
/** Currencies whose small unit needs more digits. */
const LARGE_MAXIMUM_AMOUNT = 999_999_999_999;
const LARGE = ['cop', 'huf', 'idr', 'inr', 'jpy', 'lbp'];

const FEE_PER_MILLE = 29;
const FIXED_FEE = 30;
const DISPUTE_FEE = 1500;

/** The code in lower case; refuses what is not a currency. */
export function currencyOf(code: string): string {
  const currency = code.toLowerCase();
  if (!CURRENCIES.has(currency)) throw invalid(`Invalid currency: ${code}.`, 'currency');
  return currency;
}

/** Refuses an amount that a charge can not have. */
export function checkAmount(amount: number, currency: string, param = 'amount'): void {
  if (amount < 1)
    throw invalid('This value must be greater than or equal to 1.', param, 'parameter_invalid_integer');
  if (amount < (MINIMUM_AMOUNTS[currency] ?? 1))
    throw invalid(`Amount must be at least ${spoken(currency)}`, param, 'amount_too_small');
  if (amount > (LARGE.includes(currency) ? LARGE_MAXIMUM_AMOUNT : MAXIMUM_AMOUNT))
    throw invalid('Amount has too many digits for this currency.', param, 'amount_too_large');
  checkUnit(amount, currency, param);
}

/** Refuses a fraction that the currency does not have: 5.124 KWD, half an ISK. */
export function checkUnit(amount: number, currency: string, param = 'amount'): void {
  const step = stepOf(currency);
  if (amount % step !== 0)
    throw invalid(
      `Invalid amount: amounts in ${currency.toUpperCase()} end in ${step === 10 ? '0' : '00'}.`,
      param,
    );
}

/** What the bank keeps of a charge, in the unit of the amount: 2.9 % and thirty of the smallest coins. */
export function feeOf(amount: number, currency: string): number {
  const fee = Math.round((amount * FEE_PER_MILLE) / 1000) + coins(FIXED_FEE, currency);
  const step = stepOf(currency);
  return Math.ceil(fee / step) * step;
}

/** What a chargeback costs whoever is charged back, besides its amount: fifteen hundred of the smallest coins. */
export function disputeFeeOf(currency: string): number {
  return coins(DISPUTE_FEE, currency);
}

function coins(hundredths: number, currency: string): number {
  return THREE_DECIMAL.includes(currency) ? hundredths * 10 : hundredths;
}

function stepOf(currency: string): number {
  if (THREE_DECIMAL.includes(currency)) return 10;
  return WHOLE_HUNDREDS.includes(currency) ? 100 : 1;
}

function spoken(currency: string): string {
  const minimum = MINIMUM_AMOUNTS[currency] ?? 1;
  const amount = ZERO_DECIMAL.includes(currency) ? String(minimum) : (minimum / 100).toFixed(2);
  return `${amount} ${currency}`;
}
