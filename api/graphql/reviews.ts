import type { z } from 'zod';
import {
  changeReview,
  createReview,
  deleteReview,
  listPublicReviews,
  readReview,
  respond,
} from '../reviews/routes.ts';
import type { Review as ReviewWire } from '../reviews/schemas.ts';
import { builder, enumOf } from './builder.ts';
import { KEY_IF_ANY, act, call, done } from './calls.ts';
import { ACT_COST } from './limits.ts';
import { PAGE, pageType } from './pages.ts';

type Wire = z.output<typeof ReviewWire>;

const ReviewSubject = enumOf('ReviewSubject', 'What a review is about.', {
  property: 'By the guest, of the property.',
  guest: 'By the host, of the guest.',
});

const ReviewKind = enumOf('ReviewKind', 'Where a review comes from.', {
  written: 'A side of the stay has written it.',
  automatic: 'A note that the host cancelled: by nobody, without stars, of no weight in any rating.',
});

const CATEGORIES = {
  cleanliness: 'Of the property, or how the guest left it.',
  accuracy: 'Whether the property was as described.',
  checkIn: 'How the arrival went.',
  communication: 'With the other side.',
  location: 'Where the property lies.',
  value: 'For its price.',
  houseRules: 'Whether the guest kept to them.',
} as const;

const CategoryRatings = builder
  .objectRef<Wire['categories']>('CategoryRatings')
  .implement({
    description: 'Stars by category, 1 to 5; null where none were given.',
    fields: (t) => ({
      cleanliness: t.exposeInt('cleanliness', { nullable: true, description: CATEGORIES.cleanliness }),
      accuracy: t.exposeInt('accuracy', { nullable: true, description: CATEGORIES.accuracy }),
      checkIn: t.exposeInt('checkIn', { nullable: true, description: CATEGORIES.checkIn }),
      communication: t.exposeInt('communication', { nullable: true, description: CATEGORIES.communication }),
      location: t.exposeInt('location', { nullable: true, description: CATEGORIES.location }),
      value: t.exposeInt('value', { nullable: true, description: CATEGORIES.value }),
      houseRules: t.exposeInt('houseRules', { nullable: true, description: CATEGORIES.houseRules }),
    }),
  });

const CategoryRatingsInput = builder.inputType('CategoryRatingsInput', {
  description: 'Stars by category, 1 to 5: those of what is reviewed.',
  fields: (t) => ({
    cleanliness: t.int({ description: CATEGORIES.cleanliness }),
    accuracy: t.int({ description: CATEGORIES.accuracy }),
    checkIn: t.int({ description: CATEGORIES.checkIn }),
    communication: t.int({ description: CATEGORIES.communication }),
    location: t.int({ description: CATEGORIES.location }),
    value: t.int({ description: CATEGORIES.value }),
    houseRules: t.int({ description: CATEGORIES.houseRules }),
  }),
});

const ReviewResponse = builder
  .objectRef<NonNullable<Wire['response']>>('ReviewResponse')
  .implement({
    description: 'The one answer of the reviewed side.',
    fields: (t) => ({
      comment: t.exposeString('comment', { description: 'In their words.' }),
      at: t.expose('at', { type: 'Instant', description: 'When it was given.' }),
    }),
  });

const Review = builder
  .objectRef<Wire>('Review')
  .implement({
    description: 'What one side of a stay says of it.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'As `rev_…`.' }),
      bookingId: t.exposeID('bookingId', { description: 'Of which stay.' }),
      propertyId: t.exposeID('propertyId', { description: 'Where.' }),
      authorId: t.exposeID('authorId', { nullable: true, description: 'Who says so; null for a note.' }),
      kind: t.expose('kind', { type: ReviewKind, description: 'Where it comes from.' }),
      subject: t.expose('subject', { type: ReviewSubject, description: 'What it is about.' }),
      rating: t.exposeInt('rating', { nullable: true, description: 'Stars, 1 to 5; null for a note.' }),
      categories: t.expose('categories', { type: CategoryRatings, description: 'Stars by category.' }),
      comment: t.exposeString('comment', { description: 'For everyone, once it is public.' }),
      privateNote: t.exposeString('privateNote', {
        nullable: true,
        description: 'For the author and whom it is about; null for everyone else.',
      }),
      response: t.expose('response', {
        type: ReviewResponse,
        nullable: true,
        description: 'Null until there is one.',
      }),
      publishedAt: t.expose('publishedAt', {
        type: 'Instant',
        nullable: true,
        description: 'Null while it is hidden from all but its author.',
      }),
    }),
  });

const REVIEW_ID = { required: true, description: 'As `rev_…`.' } as const;

builder.queryField('review', (t) =>
  t.field({
    type: Review,
    nullable: true,
    description: 'A review. Refused with `not_found` while it is hidden, for all but its author.',
    args: { id: t.arg.id(REVIEW_ID) },
    resolve: (_root, { id }, context) => call(readReview, { params: { id } }, context),
  }),
);

builder.queryField('reviews', (t) =>
  t.field({
    type: pageType('ReviewPage', 'reviews', Review),
    nullable: true,
    description: 'Public reviews of a property or of a guest, the latest first. Give either.',
    args: {
      propertyId: t.arg.id({ description: 'What guests say of a property.' }),
      userId: t.arg.id({ description: 'What hosts say of a guest.' }),
      limit: t.arg.int(PAGE.limit),
      cursor: t.arg.string(PAGE.cursor),
    },
    resolve: (_root, query, context) => call(listPublicReviews, { query }, context),
  }),
);

const NewReview = builder.inputType('NewReview', {
  description: 'What somebody says of a stay.',
  fields: (t) => ({
    bookingId: t.id({ required: true, description: 'Of which stay.' }),
    rating: t.int({ required: true, description: 'Stars, 1 to 5.' }),
    categories: t.field({ type: CategoryRatingsInput, description: 'Stars by category.' }),
    comment: t.string({ required: true, description: 'For everyone to read.' }),
    privateNote: t.string({ description: 'For the other side alone, once the review is public.' }),
  }),
});

builder.mutationField('createReview', (t) =>
  t.field({
    type: Review,
    nullable: true,
    description:
      'Reviews a stay. By its guest or its host, before `reviewBy` of the booking. Hidden until both have written or ' +
      'the time is up.',
    args: {
      input: t.arg({ type: NewReview, required: true, description: 'What to say.' }),
      idempotencyKey: t.arg.string(KEY_IF_ANY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, asked, context) => act(createReview, asked, context),
  }),
);

const ReviewChanges = builder.inputType('ReviewChanges', {
  description: 'What changes of a review; what is left out stays.',
  fields: (t) => ({
    rating: t.int({ description: 'Stars, 1 to 5.' }),
    categories: t.field({
      type: CategoryRatingsInput,
      description: 'Takes the place of all that were given before.',
    }),
    comment: t.string({ description: 'For everyone to read.' }),
    privateNote: t.string({ description: 'Null takes it away.' }),
  }),
});

builder.mutationField('changeReview', (t) =>
  t.field({
    type: Review,
    nullable: true,
    description: 'Changes a review of yours while it is hidden.',
    args: {
      id: t.arg.id(REVIEW_ID),
      input: t.arg({ type: ReviewChanges, required: true, description: 'What changes.' }),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { id, input }, context) => act(changeReview, { params: { id }, input }, context),
  }),
);

const Removal = builder.inputType('Removal', {
  description: 'Why a review is taken away.',
  fields: (t) => ({ reason: t.string({ description: 'Operators have to give one.' }) }),
});

builder.mutationField('deleteReview', (t) =>
  t.boolean({
    nullable: true,
    description: 'Takes a review back: its author while it is hidden, an operator once it is public.',
    args: {
      id: t.arg.id(REVIEW_ID),
      input: t.arg({ type: Removal, description: 'Why, if there is anything to say.' }),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { id, input }, context) => done(act(deleteReview, { params: { id }, input }, context)),
  }),
);

const NewResponse = builder.inputType('NewResponse', {
  description: 'What the reviewed side says to a review.',
  fields: (t) => ({ comment: t.string({ required: true, description: 'For everyone to read.' }) }),
});

builder.mutationField('respondToReview', (t) =>
  t.field({
    type: Review,
    nullable: true,
    description: 'Responds to a review of you. Once, within 30 days of its publication.',
    args: {
      id: t.arg.id(REVIEW_ID),
      input: t.arg({ type: NewResponse, required: true, description: 'What to say.' }),
      idempotencyKey: t.arg.string(KEY_IF_ANY),
    },
    extensions: { cost: ACT_COST },
    resolve: (_root, { id, ...asked }, context) => act(respond, { params: { id }, ...asked }, context),
  }),
);
