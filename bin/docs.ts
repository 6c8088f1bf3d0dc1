import { writeFile } from 'node:fs/promises';
import { describeBooking } from '#domain/booking-graph.ts';

/** `npm run docs`: writes what the documentation takes from the code. */
await writeFile(new URL('../docs/BOOKING.md', import.meta.url), describeBooking());
