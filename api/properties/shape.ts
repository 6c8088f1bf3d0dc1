import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Property } from './schemas.ts';

/**
 * Which shape of the answer a copy holds. It follows from the schema, so nobody has to think of counting it up, and no
 * release sends what another one made in a shape of its own.
 */
export const SHAPE = createHash('sha256')
  .update(JSON.stringify(z.toJSONSchema(Property, { io: 'output', unrepresentable: 'any' })))
  .digest('base64url')
  .slice(0, 8);
