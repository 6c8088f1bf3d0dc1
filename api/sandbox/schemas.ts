import { z } from 'zod';
import { Booking } from '../bookings/schemas.ts';
import { Instant } from '../schemas.ts';

export const ClockMove = z
  .strictObject({ advanceTo: Instant })
  .meta({ id: 'ClockMove', example: { advanceTo: '2027-05-04T10:00:00.000Z' } });

export const SandboxClock = z
  .strictObject({
    now: Instant.meta({ description: 'The booking’s own time. From here it runs on at its normal pace.' }),
    booking: Booking,
  })
  .meta({ id: 'SandboxClock' });
