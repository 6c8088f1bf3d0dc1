import { z } from 'zod';
import {
  PRIVATE_NOTE_MAX_CHARACTERS,
  REMOVAL_REASON_MAX_CHARACTERS,
  REVIEW_COMMENT_MAX_CHARACTERS,
  REVIEW_KINDS,
  REVIEW_RATING,
  REVIEW_RESPONSE_MAX_CHARACTERS,
  REVIEW_SUBJECTS,
} from '#domain/reviews.ts';
import { IdOf, Instant, PageQuery } from '../schemas.ts';

/** Plain text: no control characters but those of lines, and no half of a character. */
const TEXT = /^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u;

function textOf(maxCharacters: number) {
  return z.string().trim().min(1, 'Must not be empty.').max(maxCharacters).regex(TEXT, 'Must be plain text.');
}

const Stars = z
  .int()
  .min(REVIEW_RATING.least)
  .max(REVIEW_RATING.most)
  .meta({ description: 'Stars, 1 to 5.', example: 5 });

const Categories = z
  .strictObject({
    cleanliness: Stars.optional(),
    accuracy: Stars.optional(),
    checkIn: Stars.optional(),
    communication: Stars.optional(),
    location: Stars.optional(),
    value: Stars.optional(),
    houseRules: Stars.optional(),
  })
  .meta({
    description:
      'Of a property: cleanliness, accuracy, checkIn, communication, location, value. ' +
      'Of a guest: cleanliness, communication, houseRules.',
  });

const Comment = textOf(REVIEW_COMMENT_MAX_CHARACTERS).meta({ example: 'Quiet, bright, and just as shown.' });
const PrivateNote = textOf(PRIVATE_NOTE_MAX_CHARACTERS).meta({
  description: 'For the other side alone, once the review is public.',
});

export const NewReview = z
  .strictObject({
    bookingId: IdOf('booking'),
    rating: Stars,
    categories: Categories.default({}),
    comment: Comment,
    privateNote: PrivateNote.optional(),
  })
  .meta({ id: 'NewReview' });

export const ReviewChanges = z
  .strictObject({
    rating: Stars.optional(),
    categories: Categories.optional().meta({ description: 'Takes the place of all that were given before.' }),
    comment: Comment.optional(),
    privateNote: PrivateNote.nullable().optional(),
  })
  .meta({ id: 'ReviewChanges' });

export const Review = z
  .strictObject({
    id: IdOf('review'),
    bookingId: IdOf('booking'),
    propertyId: IdOf('property'),
    authorId: IdOf('user').optional().meta({ description: 'Of what is written; a note is by nobody.' }),
    kind: z
      .enum(REVIEW_KINDS)
      .meta({
        description:
          '`automatic`: a note that the host cancelled a booking, which has no stars and does not count in any rating.',
      }),
    subject: z
      .enum(REVIEW_SUBJECTS)
      .meta({ description: 'The guest reviews the property, the host the guest.' }),
    rating: Stars.optional(),
    categories: Categories,
    comment: z.string(),
    privateNote: z.string().optional().meta({ description: 'For the author and whom it is about.' }),
    response: z
      .strictObject({ comment: z.string(), at: Instant })
      .optional()
      .meta({ description: 'The one answer of the reviewed side.' }),
    publishedAt: Instant.nullable().meta({ description: 'Null while it is hidden from all but its author.' }),
  })
  .meta({ id: 'Review', description: 'What one side of a stay says of it.' });

export const ReviewsQuery = z.strictObject({
  ...PageQuery.shape,
  propertyId: IdOf('property').optional().meta({ description: 'What guests say of a property.' }),
  userId: IdOf('user').optional().meta({ description: 'What hosts say of a guest.' }),
});

export const NewResponse = z
  .strictObject({ comment: textOf(REVIEW_RESPONSE_MAX_CHARACTERS) })
  .meta({ id: 'NewResponse' });

export const Removal = z
  .strictObject({
    reason: textOf(REMOVAL_REASON_MAX_CHARACTERS)
      .optional()
      .meta({ description: 'Operators have to give one.' }),
  })
  .meta({ id: 'Removal' });
