/** The row that has to be there: its absence is a defect of the caller. */
export async function found<T>(row: Promise<T | undefined>, id: string): Promise<T> {
  const value = await row;
  if (value === undefined) throw new Error(`There is no ${id}.`);
  return value;
}
