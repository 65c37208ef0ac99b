// Puts back what runs leave behind in the repository and in the temporary folder.
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

const LEFT_ALONE = new Set(['node_modules', '.git']);
/** Compiled code, found by the text that it was made from. */
const CACHE = /^jest_|compile-cache/;
/** How long test files took: jest orders them by it, which a first run does not. */
const TIMES = /^perf-cache-/;

/** Remembers the tree as it is now. */
export function openTree(root, temporary) {
  const before = list(root);
  const temporaryBefore = new Set(names(temporary));
  return {
    /** Removes what is new; true when something else differs, apart from the files in `changed`. */
    tidy(changed) {
      for (const name of names(temporary)) {
        const path = join(temporary, name);
        if (CACHE.test(name)) {
          for (const part of names(path)) if (TIMES.test(part)) remove(join(path, part));
        } else if (!temporaryBefore.has(name)) remove(path);
      }
      const expected = new Set(changed);
      const now = list(root);
      let differs = false;
      for (const [path, mark] of now) {
        if (!before.has(path)) remove(path);
        else if (before.get(path) !== mark) differs ||= !expected.has(relative(root, path));
      }
      for (const path of before.keys()) differs ||= !now.has(path);
      return differs;
    },
  };
}

/** A mark for each file; folders and dependencies are only there or not. */
function list(root) {
  const found = new Map();
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (LEFT_ALONE.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        found.set(path, '');
        visit(path);
      } else {
        const { size, mtimeMs, mode } = lstatSync(path);
        found.set(path, `${size} ${mtimeMs} ${mode}`);
      }
    }
  };
  visit(root);
  return found;
}

function names(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const remove = (path) => rmSync(path, { recursive: true, force: true });
