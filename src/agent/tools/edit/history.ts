// Remembers what files held before each edit, so that an edit can be taken back.

export interface PastEdit {
  path: string;
  /** Undefined when the edit made the file. */
  before: string | undefined;
  after: string;
}

export interface EditHistory {
  add(edit: PastEdit): void;
  /** Takes the latest edit of the file out of the history. */
  take(path: string): PastEdit | undefined;
}

/** Characters kept; beyond that the oldest edits are forgotten. */
const KEPT = 32 * 1024 * 1024;

export function createEditHistory(): EditHistory {
  const edits: PastEdit[] = [];
  let size = 0;
  const sizeOf = ({ before, after }: PastEdit): number => (before?.length ?? 0) + after.length;
  return {
    add: (edit) => {
      edits.push(edit);
      size += sizeOf(edit);
      while (size > KEPT && edits.length > 1) size -= sizeOf(edits.shift() as PastEdit);
    },
    take: (path) => {
      const at = edits.findLastIndex((edit) => edit.path === path);
      const [edit] = at === -1 ? [] : edits.splice(at, 1);
      if (edit) size -= sizeOf(edit);
      return edit;
    },
  };
}
