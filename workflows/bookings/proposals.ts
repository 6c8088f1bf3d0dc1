import type { ApplicationFailure } from '@temporalio/workflow';
import { MAX_PROPOSALS_PER_SIDE } from '#domain/alterations.ts';
import type { BookingStatus } from '#domain/bookings.ts';
import type { Alter } from '../bookings.contract.ts';
import { notAny } from './mailbox.ts';
import type { Said } from './mailbox.ts';

/**
 * What is proposed to be changed of a booking, as far as it has to be known before an act is written into the history: what
 * answers no open proposal is refused there, and so is proposing without end.
 */
export class Proposals {
  #open: Pick<Alter, 'alterationId' | 'by'> | undefined;
  readonly #made = { guest: 0, host: 0 };

  /** One that is open; whatever was before it is no more. */
  opened({ alterationId, by }: Pick<Alter, 'alterationId' | 'by'>): void {
    this.#open = { alterationId, by };
    this.#made[by] += 1;
  }

  closed(): void {
    this.#open = undefined;
  }

  /** Why this cannot be said of the booking as it is. Nothing against what is about something else. */
  objection(said: Said, status: BookingStatus): ApplicationFailure | undefined {
    if (said.kind !== 'alter') return undefined;
    const { act, alterationId, by } = said.ask;
    if (act === 'propose') {
      return this.#made[by] >= MAX_PROPOSALS_PER_SIDE ? notAny(status, PROPOSED_ENOUGH) : undefined;
    }
    const isTheirs = (act === 'withdraw') === (this.#open?.by === by);
    return this.#open?.alterationId === alterationId && isTheirs ? undefined : notAny(status, NOT_OPEN);
  }
}

const PROPOSED_ENOUGH = {
  message: `Each side may propose ${MAX_PROPOSALS_PER_SIDE} alterations of a booking; no further one is taken here.`,
  details: { limit: String(MAX_PROPOSALS_PER_SIDE) },
};

const NOT_OPEN = { message: 'This proposal is no longer open.', details: {} };
