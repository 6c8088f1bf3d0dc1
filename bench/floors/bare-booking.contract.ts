import { defineUpdate } from '@temporalio/workflow';

export const BARE_QUEUE = 'bare';
export const BARE_BOOKING = 'bareBooking';

/** Answers when both activities are done. */
export const reserveBare = defineUpdate<string, [{ id: string }]>('reserveBare');

/** What a workflow of this shape cannot do without: nothing is done in either. */
export interface BareActivities {
  holdNothing(input: { id: string }): Promise<string>;
  payNothing(input: { id: string }): Promise<string>;
}
