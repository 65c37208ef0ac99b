// Reporter of jest: writes each test as soon as it ends.
import {
  collectionError,
  end,
  failureKind,
  peekId,
  relativePath,
  start,
  test,
  testStart,
  uniqueId,
  write,
} from './report.cjs';

const TIMEOUT = /Exceeded timeout of [\d,]+ ?ms/;

/** A helper beside the tests: nothing in it is lost. */
const NO_TESTS = /must contain at least one test/;

/** Set where several projects may run the same file. */
function projectOf(context) {
  const name = context?.config?.displayName;
  return typeof name === 'string' ? name : name?.name;
}

export default class SwemintReporter {
  #projects;
  #streamed = new Map();
  #bad = false;

  constructor(globalConfig) {
    this.#projects = (globalConfig?.projects?.length ?? 0) > 1;
  }

  #names(file, { ancestorTitles = [], title }) {
    const project = this.#projects ? projectOf(file.context) : undefined;
    const names = [...ancestorTitles, title];
    return project === undefined ? names : [`|${project}|`, ...names];
  }

  onRunStart() {
    start('jest', process.version);
  }

  onTestCaseStart(file, info) {
    if (info.mode === 'skip' || info.mode === 'todo') return;
    testStart(peekId(relativePath(file.path), this.#names(file, info)));
  }

  onTestCaseResult(file, result) {
    const key = `${file.path}\n${this.#names(file, result).join('\n')}`;
    this.#streamed.set(key, (this.#streamed.get(key) ?? 0) + 1);
    this.#write(file, result);
  }

  /** What was not streamed: skipped tests, and everything under an older runner. */
  onTestResult(file, outcome) {
    for (const result of outcome.testResults ?? []) {
      const key = `${file.path}\n${this.#names(file, result).join('\n')}`;
      const streamed = this.#streamed.get(key) ?? 0;
      if (streamed > 0) this.#streamed.set(key, streamed - 1);
      else this.#write(file, result);
    }
    const nothing = (outcome.testResults ?? []).length === 0;
    if (outcome.testExecError || (nothing && outcome.failureMessage)) {
      this.#bad = true;
      const message = outcome.failureMessage ?? outcome.testExecError?.message ?? '';
      if (nothing && NO_TESTS.test(message)) {
        write({ type: 'empty-file', file: relativePath(file.path) });
      } else if (nothing) collectionError(relativePath(file.path), message);
      else this.#writeFileFailure(file, message);
    }
  }

  onRunComplete(_contexts, results) {
    if (results?.wasInterrupted) return;
    const failed = this.#bad || !results?.success || results?.numRuntimeErrorTestSuites > 0;
    end(failed ? 1 : 0);
  }

  #write(file, result) {
    const path = relativePath(file.path);
    const id = uniqueId(path, this.#names(file, result));
    const common = { id, file: path, ms: result.duration ?? 0 };
    if (result.status === 'passed') test({ ...common, status: 'passed' });
    else if (result.status !== 'failed') test({ ...common, status: 'skipped' });
    else {
      const message = (result.failureMessages ?? []).join('\n\n');
      test({ ...common, status: 'failed', kind: kindOf(result, message), message });
    }
  }

  #writeFileFailure(file, message) {
    const path = relativePath(file.path);
    test({ id: path, file: path, status: 'failed', kind: 'error', ms: 0, message });
  }
}

function kindOf(result, message) {
  if (TIMEOUT.test(message)) return 'timeout';
  const details = result.failureDetails ?? [];
  if (details.length > 0 && details.every((error) => failureKind(error) === 'assertion')) {
    return 'assertion';
  }
  return /^(Error: expect\(|JestAssertionError|AssertionError|assert)/.test(message)
    ? 'assertion'
    : 'error';
}

// Jest before version 27 asks with `require`, and wants the class itself.
export { SwemintReporter as 'module.exports' };
