/** The stack cannot go on, and the message is the one sentence that a person needs in order to help it. */
export class StackFailure extends Error {
  override readonly name = 'StackFailure';
}

/** The sentence for an error met in `place`, a directory; `undefined` where its cause is not an ordinary one. */
export function ordinaryFailure(error: unknown, place: string): StackFailure | undefined {
  if (error instanceof StackFailure) return spaceFailure(error.message, place) ?? error;
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return undefined;
  const code = error.code;
  const failure = ORDINARY.find(({ codes }) => codes.includes(code));
  return failure === undefined ? undefined : new StackFailure(failure.sentence(place), { cause: error });
}

/** The sentence for what a server wrote before it ended, when it ended for want of space. */
export function spaceFailure(log: string, place: string): StackFailure | undefined {
  return /ENOSPC|No space left on device|disk is full|Disk quota exceeded/i.test(log)
    ? new StackFailure(diskFull(place))
    : undefined;
}

const diskFull = (place: string) => `The disk is full: make room where ${place} is, then start again.`;

const ORDINARY = [
  { codes: ['ENOSPC', 'EDQUOT'], sentence: diskFull },
  {
    codes: ['EROFS'],
    sentence: (place: string) => `${place} is on a read-only file system: set STAYWARD_HOME to another one.`,
  },
  {
    codes: ['EACCES', 'EPERM', 'ERR_SQLITE_ERROR'],
    sentence: (place: string) =>
      `${place} cannot be read and written by you: mend its permissions, or set STAYWARD_HOME to another directory.`,
  },
  {
    codes: ['ENOTDIR', 'EEXIST'],
    sentence: (place: string) => `${place} is not a directory: set STAYWARD_HOME to one.`,
  },
];
