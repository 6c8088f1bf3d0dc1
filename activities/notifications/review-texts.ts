import type { BookingRow } from '#db/bookings.ts';
import type { Db } from '#db/connect.ts';
import { findReviewWindow } from '#db/review-windows.ts';
import { findReviewsOf } from '#db/reviews.ts';
import type { ReviewRow } from '#db/reviews.ts';
import { AUTHOR_OF, respondBy } from '#domain/reviews.ts';
import type { ReviewSide } from '#domain/reviews.ts';
import { momentIn } from './text.ts';
import type { Text } from './text.ts';

/** What a side of a stay is told of its reviews. Undefined where there is nothing to tell them, or not any more. */
export async function reviewText(
  db: Db,
  booking: BookingRow,
  { kind, to }: { kind: string; to: ReviewSide },
): Promise<Text | undefined> {
  const reviews = await findReviewsOf(db, booking.id);
  if (kind === 'reviews.revealed') return revealed(booking, reviews, to);
  const window = await findReviewWindow(db, booking.id);
  const hasWritten = reviews.some(({ subject }) => AUTHOR_OF[subject] === to);
  if (window?.status !== 'open' || hasWritten) return undefined;
  return invitation(booking, { kind, to, closesAt: window.closesAt });
}

/** The same to both sides, so that it tells neither whether the other has written. */
function invitation(
  booking: BookingRow,
  { kind, to, closesAt }: { kind: string; to: ReviewSide; closesAt: string },
): Text {
  const stay = `the stay from ${booking.checkIn} to ${booking.checkOut}`;
  const until = `until ${momentIn(booking.timeZone, closesAt)}`;
  return {
    subject: kind === 'reviews.reminded' ? `There is still time to review ${stay}` : `How was ${stay}?`,
    lines: [
      to === 'guest'
        ? `You can tell others what your stay was like ${until}.`
        : `You can tell other hosts what your guest was like ${until}.`,
      'What you write stays hidden until both of you have written, or until that moment.',
    ],
  };
}

function revealed(booking: BookingRow, reviews: readonly ReviewRow[], to: ReviewSide): Text | undefined {
  const left = reviews.filter(({ removedAt }) => removedAt === null);
  if (left.length === 0) return undefined;
  const theirs = left.find(({ subject }) => AUTHOR_OF[subject] !== to);
  const until = (publishedAt: string) => momentIn(booking.timeZone, respondBy(publishedAt));
  const lines = theirs?.publishedAt
    ? [
        to === 'guest'
          ? 'Your host has reviewed you as a guest.'
          : 'Your guest has reviewed the stay at your property.',
        `You can respond to it once, for everyone to read, until ${until(theirs.publishedAt)}.`,
      ]
    : ['Your review can be read by everyone now.'];
  return { subject: `The reviews of the stay from ${booking.checkIn} are public`, lines };
}
