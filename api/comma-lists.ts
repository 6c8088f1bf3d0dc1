import { z } from 'zod';

/** Numbers with commas between them, each within its bounds. */
export function numbers(form: string, bounds: readonly { most: number }[]) {
  return z
    .string()
    .regex(/^[^,]+(,[^,]+)*$/, `Must be ${form}.`)
    .transform((text) => text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part))))
    .refine(
      (values) =>
        values.length === bounds.length &&
        values.every((value, i) => Math.abs(value) <= (bounds[i]?.most ?? 0)),
      { message: `Must be ${form}, in degrees.`, abort: true },
    );
}

/** Names with commas between them, each out of a list. */
export function someOf<T extends string>(names: readonly [T, ...T[]]) {
  const every = z.array(z.enum(names));
  return z.string().transform((text, { issues }) => {
    const { data, success } = every.safeParse(text.split(','));
    if (success) return [...new Set(data)].sort();
    issues.push({
      code: 'custom',
      message: `Must be some of ${names.join(', ')}, with commas between them.`,
      input: text,
    });
    return z.NEVER;
  });
}
