import { z } from 'zod';
import { runDue } from '../agenda.ts';
import type { Bank } from '../bank.ts';
import { clockScope } from '../bank.ts';
import type { Simulation } from './controls.ts';

/** The entry of metadata by which everything at the bank says which booking it belongs to. */
const BOOKING = 'bookingId';

const Advance = {
  advanceSeconds: z.int().min(0).optional(),
  /** An RFC 3339 instant. */
  advanceTo: z.iso.datetime({ offset: true }).optional(),
};
type Advance = z.infer<z.ZodObject<typeof Advance>>;

const isOneWay = (advance: Advance) =>
  (advance.advanceSeconds === undefined) !== (advance.advanceTo === undefined);
const ONE_WAY = { message: 'Give either advanceSeconds or advanceTo.' };

const BookingClock = z.strictObject(Advance).refine(isOneWay, ONE_WAY);
const Clock = z
  .strictObject({
    ...Advance,
    /** Only the clock of this intent, or of all that carry this one entry of metadata, also of those to come. */
    paymentIntent: z.string().optional(),
    metadata: z.record(z.string(), z.string()).optional(),
  })
  .refine(isOneWay, ONE_WAY)
  .refine((clock) => clock.metadata === undefined || Object.keys(clock.metadata).length === 1, {
    message: 'Give one entry of metadata.',
  });

/** Time at the bank: of all of it, of one intent, or of whatever belongs to one booking. */
export const CLOCK_CONTROLS = {
  'POST /clock'({ bank }: Simulation, input: unknown) {
    const clock = Clock.parse(input);
    const [entry] = Object.entries(clock.metadata ?? {});
    return advance(bank, clock.paymentIntent ?? (entry && clockScope(...entry)), clock);
  },
  'POST /clocks/:id'({ bank }: Simulation, input: unknown, bookingId: string) {
    return advance(bank, clockScope(BOOKING, bookingId), BookingClock.parse(input));
  },
  'GET /clocks/:id': ({ bank }: Simulation, _input: unknown, bookingId: string) =>
    reading(bank, clockScope(BOOKING, bookingId)),
};

/** Never backwards: what has lapsed does not come back. Does at once all that has come due. */
function advance(bank: Bank, scope: string | undefined, { advanceSeconds = 0, advanceTo }: Advance): object {
  const ahead =
    advanceTo === undefined
      ? advanceSeconds
      : Math.max(0, Math.ceil(Date.parse(advanceTo) / 1000) - reading(bank, scope).now);
  bank.setClock(scope, bank.clockOffset(scope) + ahead);
  runDue(bank);
  return reading(bank, scope);
}

/** Epoch seconds. A booking's clock runs ahead of the bank's, and moves with it. */
function reading(bank: Bank, scope: string | undefined): { now: number } {
  return { now: bank.now() + (scope === undefined ? 0 : bank.clockOffset(scope)) };
}
