import type { z } from 'zod';
import { moveClock } from '../sandbox/routes.ts';
import type { SandboxClock as SandboxClockSchema } from '../sandbox/schemas.ts';
import { Booking } from './bookings.ts';
import { builder } from './builder.ts';
import { act, KEY_IF_ANY } from './calls.ts';
import { ACT_COST } from './limits.ts';

const SandboxClock = builder
  .objectRef<z.output<typeof SandboxClockSchema>>('SandboxClock')
  .implement({
    description: 'Where a booking’s own time has come to.',
    fields: (t) => ({
      now: t.expose('now', {
        type: 'Instant',
        description: 'The booking’s own time. From here it runs on at its normal pace.',
      }),
      booking: t.expose('booking', { type: Booking, description: 'What has become of it.' }),
    }),
  });

const ClockMove = builder.inputType('ClockMove', {
  description: 'How far time is moved.',
  fields: (t) => ({
    advanceTo: t.field({
      type: 'Instant',
      required: true,
      description: 'At most sixty days past check-out.',
    }),
  }),
});

builder.mutationField('moveClock', (t) =>
  t.field({
    type: SandboxClock,
    nullable: true,
    description:
      'Moves the time of a booking made with `sandbox: true` on: what is due happens. By its guest, its host or an ' +
      'operator. Not there where money is real.',
    args: {
      id: t.arg.id({ required: true, description: 'As `bkg_…`.' }),
      input: t.arg({ type: ClockMove, required: true, description: 'How far.' }),
      idempotencyKey: t.arg.string(KEY_IF_ANY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { id, ...asked }, context) => act(moveClock, { params: { id }, ...asked }, context),
  }),
);
