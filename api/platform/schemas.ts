import { z } from 'zod';

export const Health = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health' });

export const Readiness = z
  .strictObject({ status: z.enum(['ready', 'unready']), parts: z.record(z.string(), z.enum(['up', 'down'])) })
  .meta({
    id: 'Readiness',
    description:
      'Only the database decides; without the rest it is slower, or later. A process that is about to stop is unready.',
  });
