import type { Point } from '#domain/properties.ts';

/** As in `place_on_earth` of migration 0003: `place` is a point on a sphere of this radius, in metres. */
const EARTH_RADIUS_METRES = 6_371_008.8;
/** Keeps points on the very edge inside, whatever the last digit of a sine does. */
const EDGE_METRES = 1;

/** Degrees; `west` > `east` spans the date line. */
export interface BoundingBox {
  west: number;
  south: number;
  east: number;
  north: number;
}

interface Range {
  least: number;
  most: number;
}

/** The straight line through the earth between two points whose distance over ground is given, both in metres. */
export function chordMetres(groundMetres: number): number {
  const halfAngle = Math.min(Math.PI / 2, groundMetres / (2 * EARTH_RADIUS_METRES));
  return 2 * EARTH_RADIUS_METRES * Math.sin(halfAngle);
}

export function centreOf({ west, south, east, north }: BoundingBox): Point {
  const middle = (west + (west > east ? east + 360 : east)) / 2;
  return { latitude: (south + north) / 2, longitude: middle > 180 ? middle - 360 : middle };
}

/** The corners of the smallest upright cuboid that holds every `place` within the box: what the index can look up. */
export function cuboidAround({ west, south, east, north }: BoundingBox): { least: number[]; most: number[] } {
  const until = west > east ? east + 360 : east;
  const fromAxis = rangeOfCosine(south, north);
  const ranges = [
    productOf(fromAxis, rangeOfCosine(west, until)),
    productOf(fromAxis, rangeOfCosine(west - 90, until - 90)), // sin x is cos (x − 90°).
    rangeOfCosine(south - 90, north - 90),
  ];
  return {
    least: ranges.map(({ least }) => least * EARTH_RADIUS_METRES - EDGE_METRES),
    most: ranges.map(({ most }) => most * EARTH_RADIUS_METRES + EDGE_METRES),
  };
}

/** Least and most of the cosine between two angles in degrees: at an end, or at a turning point between them. */
function rangeOfCosine(from: number, until: number): Range {
  const values = [from, until].map((degrees) => Math.cos((degrees * Math.PI) / 180));
  for (let turn = Math.ceil(from / 180); turn * 180 <= until; turn++) values.push(turn % 2 === 0 ? 1 : -1);
  return { least: Math.min(...values), most: Math.max(...values) };
}

function productOf(a: Range, b: Range): Range {
  const products = [a.least * b.least, a.least * b.most, a.most * b.least, a.most * b.most];
  return { least: Math.min(...products), most: Math.max(...products) };
}
