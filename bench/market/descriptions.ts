import { ADJECTIVES } from '#db/seeds/cities.ts';
import type { Draw } from './draw.ts';

const WHOLE = ['flat', 'house', 'loft', 'studio', 'cottage', 'penthouse', 'townhouse', 'barn'];
const ROOMS = ['room', 'double room', 'single room', 'attic room', 'room with a desk'];
const PLACES = [
  'canal',
  'cathedral',
  'market',
  'station',
  'park',
  'river',
  'museum',
  'harbour',
  'university',
  'stadium',
];

const SENTENCES = [
  'The windows go to the morning side and look over roofs and chimneys.',
  'There is a long table to work and eat at, with light from two sides.',
  'The bed is wide and the street is calm at night.',
  'The kitchen has all that one needs to cook for friends, pans and spices too.',
  'Shelves of books are yours to read, and there is a chair to read them in.',
  'A small balcony has room for two chairs and a pot of basil.',
  'The bathroom was built anew last year and has a shower one can stand in.',
  'The house has a lift that takes a pram or two suitcases.',
  'Trams to the centre leave every six minutes until after midnight.',
  'Bread is baked across the street from five in the morning on.',
  'We live next door and are glad to help, or to leave you alone.',
  'Please take your shoes off: the floor is old and soft.',
  'Children are welcome; a cot and a high chair are in the cupboard.',
  'The fridge holds milk, butter and jam for your first breakfast.',
  'A washing machine stands in the hall, and the line is in the yard.',
  'There is a parking space behind the house that is narrow but free.',
  'The stairs are steep, which those with much luggage should know.',
  'In summer it stays cool behind walls of half a metre.',
  'In winter the stove warms both rooms within an hour.',
  'The neighbours have hens, who are up early and quiet by eight.',
] as const;

/** Some 370 characters, as hosts write on average: what a search by words has to look through. */
export function describe(
  city: string,
  { capacity, isWhole }: { capacity: number; isWhole: boolean },
  draw: Draw,
): { title: string; description: string } {
  const [noun, place] = [draw.oneOf(isWhole ? WHOLE : ROOMS), draw.oneOf(PLACES)];
  const opening = `A ${noun} for ${capacity}, ${draw.between(2, 25)} minutes on foot from the ${place} of ${city}.`;
  return {
    title: `${draw.oneOf(ADJECTIVES)} ${noun} by the ${place}, no. ${draw.between(1, 400)}`,
    description: [opening, ...draw.someOf(SENTENCES, draw.between(2, 7))].join(' '),
  };
}
