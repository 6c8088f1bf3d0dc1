import { ApplicationFailure } from '@temporalio/common';
import { isDomainError } from '#domain/errors.ts';
import type { ActivityInterceptors } from '@temporalio/worker';

/** Ordinary refusals: no defect, nothing for an alert. */
const BENIGN = new Set([
  'dates_unavailable',
  'stay_refused',
  'hold_limit',
  'card_declined',
  'booking_state',
  'review_not_eligible',
]);

/**
 * A refusal crosses Temporal as a failure whose type is its code and whose first detail is its details; trying again
 * would change nothing. Everything else that is thrown is tried again.
 */
export const refusalsAreFinal = (): ActivityInterceptors => ({
  inbound: {
    async execute(input, next) {
      try {
        return await next(input);
      } catch (error) {
        if (!isDomainError(error)) throw error;
        throw ApplicationFailure.create({
          message: error.message,
          type: error.code,
          details: [error.details],
          nonRetryable: true,
          cause: error,
          ...(BENIGN.has(error.code) && { category: 'BENIGN' }),
        });
      }
    },
  },
});
