import { createLog } from '#gateways/log.ts';

type Line = Record<string, unknown>;

/** A log kept in memory, as the process would have written it. */
export function capturedLog() {
  const written: Line[] = [];
  const to = { write: (line: string) => void written.push(JSON.parse(line) as Line) };
  return { log: createLog({ level: 'info', name: 'test', to }), lines: (): readonly Line[] => written };
}
