// Chooses the test files that can tell a candidate from the original.
import type {
  JavascriptRecording,
  RecordedModule,
  RecordedTestFile,
} from '../../core/schema/index.ts';
import type { Change, Span } from './change.ts';

/** How one file of the repository changed; undefined when its syntax says nothing (not a script). */
export interface FileChange {
  path: string;
  /** Empty: the same program. */
  changes: readonly Change[] | undefined;
}

export interface Choice {
  /** Test files that can be affected, in the order of the suite. */
  files: string[];
  /** Why running those alone would not be enough. */
  needsSuite: string | undefined;
}

export function chooseTestFiles(
  recording: JavascriptRecording,
  fileChanges: readonly FileChange[],
): Choice {
  const chosen = recording.files.filter((testFile) =>
    fileChanges.some((change) => isAffected(testFile, change)),
  );
  return {
    files: chosen.map(({ file }) => file),
    needsSuite: findDoubt(recording, chosen, fileChanges),
  };
}

function findDoubt(
  recording: JavascriptRecording,
  chosen: readonly RecordedTestFile[],
  fileChanges: readonly FileChange[],
): string | undefined {
  const dependent = chosen.find((testFile) => testFile.dependent !== null);
  if (dependent !== undefined) return `${dependent.file}: ${dependent.dependent ?? ''}`;
  const indirect = recording.files.find(
    ({ inOrder, modules }) =>
      inOrder !== undefined &&
      fileChanges.some((change) => isExecuted(inOrder, change) && !isExecuted(modules, change)),
  );
  if (indirect !== undefined) return `${indirect.file} executes it only after other test files`;
  // Modules can import data in ways that leave no trace.
  const unseen = fileChanges.find(
    ({ path, changes }) =>
      changes === undefined && !recording.files.some(({ reads }) => reads.includes(path)),
  );
  return unseen === undefined ? undefined : `it is not known who reads ${unseen.path}`;
}

function isAffected(testFile: RecordedTestFile, { path, changes }: FileChange): boolean {
  if (testFile.file === path || testFile.reads.includes(path)) return true;
  if (changes?.length === 0) return false;
  if (testFile.opaque !== null) return true;
  return isExecuted(testFile.modules, { path, changes });
}

function isExecuted(modules: RecordedTestFile['modules'], { path, changes }: FileChange): boolean {
  const module = Object.hasOwn(modules, path) ? modules[path] : undefined;
  if (module === undefined) return false;
  return changes === undefined || changes.some((change) => isReached(module, change));
}

function isReached({ ran, exact }: RecordedModule, change: Change): boolean {
  if (ran === null || change.kind === 'module') return true;
  if (!change.own.some((part) => overlaps(ran, part))) return false;
  if (!exact || !change.local) return true;
  return overlaps(ran, seenSite(change.site));
}

/** Of an insertion, the characters on both sides. */
function seenSite({ start, end }: Span): Span {
  return start === end ? { start: Math.max(0, start - 1), end: end + 1 } : { start, end };
}

/** Whether some part that ran touches the span. */
function overlaps(ran: readonly number[], { start, end }: Span): boolean {
  let [low, high] = [0, ran.length / 2];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ran[2 * middle + 1] ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  return (ran[2 * low] ?? Number.POSITIVE_INFINITY) < end;
}
