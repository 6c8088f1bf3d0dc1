/** The workflow's clock in words: virtual where time is skipped, and the same at each replay. RFC 3339 UTC. */
export function instant(ms: number): string {
  return new Date(ms).toISOString();
}

export function instantNow(): string {
  return instant(Date.now());
}
