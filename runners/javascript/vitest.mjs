// Reporter of vitest: writes each test as soon as it ends (vitest 3 and later) or all at the end.
import {
  collectionError,
  end,
  failureKind,
  group,
  messageOf,
  peekId,
  relativePath,
  start,
  test,
  testStart,
  uniqueId,
  write,
} from './report.cjs';

const TIMEOUT = /^(Test|Hook) timed out in \d+ms/;

function kindOf(errors) {
  if (errors.some((error) => TIMEOUT.test(String(error?.message)))) return 'timeout';
  return errors.length > 0 && errors.every((error) => failureKind(error) === 'assertion')
    ? 'assertion'
    : 'error';
}

const textOf = (errors) => errors.map(messageOf).join('\n\n');

export default class SwemintReporter {
  #vitest;
  #began = new Map();
  #written = new Set();
  #failed = false;

  onInit(vitest) {
    this.#vitest = vitest;
    start('vitest', vitest?.version ?? '');
  }

  /** Several projects may run the same file. */
  #project(name) {
    return name && (this.#vitest?.projects?.length ?? 1) > 1 ? [`|${name}|`] : [];
  }

  // ---- vitest 3 and later ----------------------------------------------------------------------

  onTestCaseReady(testCase) {
    const { file, names } = this.#place(testCase);
    const id = peekId(file, names);
    this.#began.set(testCase.id, id);
    testStart(id);
  }

  onTestCaseResult(testCase) {
    // A suite whose `beforeAll` failed skips its tests; they are written when its file ends.
    if (testCase.result().state === 'skipped' && !meantToSkip(testCase)) return;
    this.#writeCase(testCase);
  }

  onTestModuleEnd(module) {
    const file = relativePath(module.moduleId);
    const cases = [...module.children.allTests()];
    for (const testCase of cases) {
      if (!this.#written.has(testCase.id)) this.#writeCase(testCase);
    }
    const errors = module.errors();
    if (errors.length > 0 && cases.length === 0) {
      this.#failed = true;
      tellUnloaded(file, errors);
      return;
    }
    for (const group of [module, ...module.children.allSuites()]) this.#writeGroup(file, group);
  }

  /** A group's hook failed although its tests did not. */
  #writeGroup(file, group) {
    const errors = group.errors();
    if (errors.length === 0) return;
    this.#failed = true;
    const tests = [...group.children.allTests()];
    if (tests.some((testCase) => testCase.result().state !== 'passed')) return;
    const { names } = group.type === 'module' ? { names: [] } : this.#place(group);
    const id = uniqueId(file, names);
    test({ id, file, status: 'failed', kind: 'error', message: textOf(errors) });
  }

  onTestRunEnd(modules, unhandled, reason) {
    for (const error of unhandled ?? []) this.#writeUnhandled(error);
    if (reason !== 'interrupted') end(this.#failed ? 1 : 0);
  }

  #place(testCase) {
    const names = [];
    for (let node = testCase; node && node.type !== 'module'; node = node.parent) {
      names.unshift(node.name);
    }
    const file = relativePath(testCase.module.moduleId);
    return { file, names: [...this.#project(testCase.project?.name), ...names] };
  }

  #writeCase(testCase) {
    this.#written.add(testCase.id);
    const { file, names } = this.#place(testCase);
    const id = uniqueId(file, names);
    const began = this.#began.get(testCase.id);
    if (began !== undefined && began !== id) group(began);
    const { state, errors = [] } = testCase.result();
    const ms = testCase.diagnostic()?.duration ?? 0;
    const blocked = state === 'passed' || state === 'failed' ? [] : suiteErrors(testCase);
    if (state === 'passed') test({ id, file, status: 'passed', ms });
    else if (state === 'failed' || blocked.length > 0) {
      this.#failed = true;
      const own = state === 'failed' ? errors : blocked;
      const kind = state === 'failed' ? kindOf(own) : 'error';
      test({ id, file, status: 'failed', kind, ms, message: textOf(own) });
    } else if (meantToSkip(testCase) || state === 'skipped') {
      test({ id, file, status: 'skipped', ms });
    } else {
      this.#failed = true;
      const message = 'Its file ended before the test did.';
      test({ id, file, status: 'failed', kind: 'crash', ms, message });
    }
  }

  #writeUnhandled(error) {
    this.#failed = true;
    const path = error?.VITEST_TEST_PATH;
    const file = path === undefined ? '.' : relativePath(path);
    test({ id: file, file, status: 'failed', kind: 'error', message: messageOf(error) });
  }

  // ---- vitest 1 and 2 --------------------------------------------------------------------------

  onFinished(files = [], unhandled = []) {
    for (const file of files) this.#writeFile(file);
    for (const error of unhandled) this.#writeUnhandled(error);
    end(this.#failed ? 1 : 0);
  }

  #writeFile(task) {
    const file = relativePath(task.filepath);
    const errors = task.result?.errors ?? [];
    if (errors.length > 0) {
      this.#failed = true;
      if (task.tasks.length === 0) tellUnloaded(file, errors);
    }
    this.#writeTasks(file, task.tasks, this.#project(task.projectName), errors);
  }

  #writeTasks(file, tasks, names, above) {
    for (const task of tasks) {
      const path = [...names, task.name];
      const errors = task.result?.errors ?? [];
      if (task.type === 'suite') {
        this.#writeTasks(file, task.tasks, path, errors.length > 0 ? errors : above);
        continue;
      }
      const result = { id: uniqueId(file, path), file, ms: task.result?.duration ?? 0 };
      const ran = task.result?.state === 'pass' || task.result?.state === 'fail';
      if (task.result?.state === 'pass') test({ ...result, status: 'passed' });
      else if (task.result?.state === 'fail' || (!ran && above.length > 0)) {
        this.#failed = true;
        const own = ran ? errors : above;
        test({
          ...result,
          status: 'failed',
          kind: ran ? kindOf(own) : 'error',
          message: textOf(own),
        });
      } else test({ ...result, status: 'skipped' });
    }
  }
}

function meantToSkip(testCase) {
  const mode = testCase.options?.mode;
  return mode === 'skip' || mode === 'todo' || testCase.result().note !== undefined;
}

/** Errors of the groups and the file around a test: their hooks failed. */
function suiteErrors(testCase) {
  for (let node = testCase.parent; node; node = node.parent) {
    const errors = node.errors?.() ?? [];
    if (errors.length > 0) return errors;
    if (node.type === 'module') break;
  }
  return [];
}

/** A helper or a file of types beside the tests holds none: nothing in it is lost. */
function tellUnloaded(file, errors) {
  const message = textOf(errors);
  if (/^(?:Error: )?No test suite found in file/.test(message)) write({ type: 'empty-file', file });
  else collectionError(file, message);
}
