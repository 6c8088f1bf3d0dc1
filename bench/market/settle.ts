import type { Ground } from '../ground.ts';
import { fillMarket, WHOLE_MARKET } from './fill.ts';

/** The market of a ground's own database, by now with what our own searches and reads rely on. */
export async function settleMarket(
  ground: Ground,
  size: { properties: number },
  signal: AbortSignal,
): Promise<void> {
  await fillMarket(ground.stack.addresses.databaseUrl, { ...marketOf(size), today: today() }, signal);
  await ground.quiet();
}

/** As many stays to a property as in the whole market. */
export function marketOf({ properties }: { properties: number }) {
  const stays = (properties * WHOLE_MARKET.stays) / WHOLE_MARKET.properties;
  return { ...WHOLE_MARKET, properties, stays };
}

export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
