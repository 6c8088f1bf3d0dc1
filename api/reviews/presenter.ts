import type { z } from 'zod';
import type { ReviewRow } from '#db/reviews.ts';
import { maySeePrivateNote } from '#domain/permissions.ts';
import type { Actor } from '#domain/permissions.ts';
import type { Review } from './schemas.ts';

/** A review that the viewer may see (`maySeeReview`); without one, as everyone sees it. */
export function presentReview(row: ReviewRow, viewer?: Actor): z.output<typeof Review> {
  const { authorId, rating, privateNote, response, respondedAt } = row;
  return {
    id: row.id,
    bookingId: row.bookingId,
    propertyId: row.propertyId,
    ...(authorId !== null && { authorId }),
    kind: row.kind,
    subject: row.subject,
    ...(rating !== null && { rating }),
    categories: row.categories,
    comment: row.comment,
    ...(privateNote !== null && maySeePrivateNote(row, viewer) && { privateNote }),
    ...(response !== null && respondedAt !== null && { response: { comment: response, at: respondedAt } }),
    publishedAt: row.publishedAt,
  };
}
