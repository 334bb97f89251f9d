import { Price } from "./orders";

const DIGITS: Record<string, number> = { EUR: 2, USD: 2, JPY: 0, KRW: 0 };

/** `4200 EUR` as `42.00 EUR`. */
export function format(price: Price): string {
  const digits = DIGITS[price.currency] ?? 2;
  return `${(price.amount / 10 ** digits).toFixed(digits)} ${price.currency}`;
}
