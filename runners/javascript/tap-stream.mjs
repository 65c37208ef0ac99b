// Reads TAP line by line and rolls its assertions up into tests: flat (`# name`) or nested (`# Subtest: name`).

const SUMMARY =
  /^(tests|pass|passed|fail|failed|skip|skipped|todo|ok|cancelled|suites|duration_ms|time)\b[ :=]*[\d.]*( ?ms| of \d+ tests?| tests?)?$/i;
const POINT = /^(not )?ok\b(?:\s+\d+)?(?:\s+-)?\s?(.*)$/;
const DIRECTIVE = /\s*#\s*(skip|todo)\S*(.*)$/i;
const TIMING = /\s+# time=[\d.]+m?s$/;
const TIMEOUT = /timed out after \d+ ?ms|^timeout!|failureType: 'testTimeoutFailure'/i;
const UNFINISHED =
  /^(test exited without ending|\.end\(\) (already called|called twice)|plan != count)/;
const THROWN =
  /^\s*operator: (error|throws?)$|^\s*(type|name): '?(TypeError|ReferenceError|RangeError|SyntaxError|Error)'?$/m;
const YAML_LINES = 400;

/**
 * Feed it lines; it calls `begin(names)` when a test starts and `finish(result)` when it ends.
 * A result is `{ names, status, kind?, message? }`; `names` is empty for the file itself.
 */
export class TapStream {
  #begin;
  #finish;
  /** Open nested tests, outermost first. */
  #stack = [];
  /** The open flat test. */
  #flat;
  /** Assertions outside of any test. */
  #file;
  /** A nested result whose diagnosis may follow, and the failure that a diagnosis belongs to. */
  #pending;
  #failure;
  #afterPoint = false;
  #yaml;
  #planned = false;
  #points = 0;
  failed = false;

  constructor({ begin, finish }) {
    this.#begin = begin;
    this.#finish = finish;
  }

  line(text) {
    const trimmed = text.trim();
    if (this.#yaml !== undefined) this.#readYaml(trimmed, text);
    else if (trimmed === '---' && this.#afterPoint) this.#yaml = [];
    else if (trimmed !== '') {
      this.#afterPoint = false;
      this.#flush();
      this.#read(text.length - text.trimStart().length, trimmed);
    }
  }

  /** The file's process is gone: whatever is open ends now. `failure` says how it died, if it did. */
  close(failure) {
    this.#flush();
    while (this.#stack.length > 0) {
      const names = this.#names();
      this.#stack.pop();
      const message = 'The file ended before this test did.';
      this.#emit({ names, status: 'failed', ...(failure ?? { kind: 'crash', message }) });
    }
    const last = this.#flat ?? this.#file;
    if (failure !== undefined && last !== undefined && !this.failed) last.failures.push(failure);
    this.#endFlat();
    if (this.#file !== undefined) this.#emit(resultOf([], this.#file));
    this.#file = undefined;
  }

  #read(indent, trimmed) {
    const nesting = Math.floor(indent / 4);
    const subtest = /^# Subtest(?::\s?(.*))?$/.exec(trimmed);
    if (subtest) {
      this.#open(nesting, subtest[1] ?? '(unnamed)');
      return;
    }
    // Without an open nested test, indented lines are output of the tests.
    if (indent > 0 && this.#stack.length === 0) return;
    if (/^\d+\.\.\d+/.test(trimmed)) this.#planned ||= indent === 0 && this.#points > 0;
    else if (trimmed.startsWith('#')) {
      if (indent === 0 && this.#stack.length === 0) this.#comment(trimmed.slice(1).trim());
    } else {
      const point = POINT.exec(trimmed);
      if (point) this.#point(nesting, point);
    }
  }

  #point(nesting, [, not, rest]) {
    this.#points += 1;
    this.#afterPoint = true;
    this.#failure = undefined;
    const buffered = / \{$/.test(rest);
    const text = rest.replace(/ \{$/, '').replace(TIMING, '');
    const directive = DIRECTIVE.exec(text);
    const description = directive ? text.slice(0, directive.index) : text;
    const mark = directive?.[1].toLowerCase();
    const ok = not === undefined;
    const open = this.#stack.at(-1);
    if (open !== undefined && open.nesting === nesting) {
      const names = this.#names();
      this.#stack.pop();
      this.#endNested(names, open, ok, mark);
    } else if (buffered) {
      // The result comes first, its block follows.
      const names = [...this.#names(), description];
      this.#begin(names);
      this.#endNested(names, { failures: [] }, ok, mark);
    } else if (mark === 'skip' && open === undefined && this.#flat === undefined) {
      this.#emit({ names: [description], status: 'skipped' });
    } else this.#assertion(ok || mark !== undefined, description);
  }

  // ---- nested style ----------------------------------------------------------------------------

  #names() {
    return this.#stack.map(({ name }) => name);
  }

  #open(nesting, name) {
    // A subtest that is announced before and inside of its block opens once.
    const known = this.#stack.at(-1);
    if (known !== undefined && known.name === name && known.nesting === nesting - 1) return;
    if (nesting === 0) this.#endFlat();
    this.#stack.push({ name, nesting, failures: [] });
    this.#begin(this.#names());
  }

  #endNested(names, open, ok, mark) {
    const marked = mark === 'skip' || (mark === 'todo' && !ok);
    if (marked) this.#pending = { names, status: 'skipped' };
    else if (ok) this.#pending = { names, status: 'passed' };
    else {
      if (open.failures.length === 0) open.failures.push({ kind: 'error', message: 'not ok' });
      this.#failure = open.failures.at(-1);
      this.#pending = { names, open };
      const above = this.#stack.at(-1);
      const kind = this.#failure.kind;
      above?.failures.push({ kind, message: `Its subtest failed: ${names.at(-1)}` });
    }
  }

  #flush() {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending?.open !== undefined) this.#emit(resultOf(pending.names, pending.open));
    else if (pending !== undefined) this.#emit(pending);
  }

  // ---- flat style and assertions ---------------------------------------------------------------

  #comment(text) {
    const skipped = /^SKIP\s+(.*)$/.exec(text);
    if (skipped) {
      this.#endFlat();
      this.#emit({ names: [skipped[1]], status: 'skipped' });
    } else if (text !== '' && !this.#planned && !SUMMARY.test(text)) {
      this.#endFlat();
      this.#flat = { name: text.replace(/^TODO\s+/, ''), failures: [] };
      this.#begin([this.#flat.name]);
    }
  }

  #assertion(ok, description) {
    let owner = this.#stack.at(-1) ?? this.#flat ?? this.#file;
    if (owner === undefined) {
      owner = this.#file = { failures: [] };
      this.#begin([]);
    }
    if (ok) return;
    const kind = UNFINISHED.test(description) ? 'error' : 'assertion';
    this.#failure = { kind: TIMEOUT.test(description) ? 'timeout' : kind, message: description };
    owner.failures.push(this.#failure);
  }

  #endFlat() {
    const flat = this.#flat;
    this.#flat = undefined;
    if (flat !== undefined) this.#emit(resultOf([flat.name], flat));
  }

  #readYaml(trimmed, text) {
    if (trimmed !== '...') {
      if (this.#yaml.length < YAML_LINES) this.#yaml.push(text);
      return;
    }
    const diagnosis = this.#yaml.join('\n');
    this.#yaml = undefined;
    this.#afterPoint = false;
    if (this.#failure === undefined) return;
    this.#failure.message += `\n${diagnosis}`;
    if (TIMEOUT.test(diagnosis)) this.#failure.kind = 'timeout';
    else if (/ERR_ASSERTION|AssertionError/.test(diagnosis)) this.#failure.kind = 'assertion';
    else if (THROWN.test(diagnosis)) this.#failure.kind = 'error';
  }

  #emit(result) {
    this.failed ||= result.status === 'failed';
    this.#finish(result);
  }
}

function resultOf(names, { failures }) {
  const [first] = failures;
  if (first === undefined) return { names, status: 'passed' };
  const message = failures.map((failure) => failure.message).join('\n\n');
  return { names, status: 'failed', kind: first.kind, message };
}
