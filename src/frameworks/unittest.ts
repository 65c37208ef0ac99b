// unittest: Python's own framework, for suites that need nothing but the interpreter.
import { join } from 'node:path/posix';
import type { Detection, RepositoryFacts } from '../core/framework.ts';
import { defineFramework } from '../core/framework.ts';
import { findPythonTests } from './python-tests.ts';
import { parseReport } from './report.ts';
import { shellCommand } from './shell-quote.ts';
import { fromFolder, selectedFiles, selectionEnvironment, suiteEnvironment } from './suite-call.ts';

const STEADY = { PYTHONHASHSEED: '0', PYTHONDONTWRITEBYTECODE: '1' };

export default defineFramework({
  name: 'unittest',
  summary: "Python's own TestCase classes, without anything installed.",
  languages: ['python'],
  requires: {},
  selects: 'test',
  warm: true,
  screener: 'python',
  logParser: 'parse_log_django',
  detect,
  command(request) {
    const files = selectedFiles(request.selection);
    return {
      argv: [
        'python3',
        join(request.runnersPath, 'python/swemint_unittest.py'),
        ...request.setting.args,
        ...(files === undefined ? [] : fromFolder(request.setting, files)),
      ],
      env: {
        ...STEADY,
        ...suiteEnvironment(request),
        ...selectionEnvironment(request.selection?.tests),
      },
    };
  },
  parse: parseReport,
  plainCommand(setting, selection) {
    const files = selectedFiles(selection);
    const words =
      files === undefined
        ? ['python', '-m', 'unittest', 'discover', '-v', ...setting.args]
        : ['python', '-m', 'unittest', '-v', ...fromFolder(setting, files)];
    return shellCommand(words, setting);
  },
});

function detect(facts: RepositoryFacts): Detection | undefined {
  const tests = findPythonTests(facts);
  const [first] = tests.forUnittest;
  if (first === undefined) return undefined;
  const start = commonFolder(tests.files);
  const pattern = patternFor(tests.files);
  const isPackage = facts.files.includes(join(start, '__init__.py'));
  const args = ['-s', start, '-p', pattern, ...(isPackage ? ['-t', '.'] : [])];
  const alone = tests.forPytest.length === 0;
  return {
    setting: { framework: 'unittest', args, env: {}, cwd: '.' },
    confidence: alone ? 2 : 1,
    because: alone
      ? `${first} and the other test files are unittest classes.`
      : `${first} holds unittest classes, but other files need pytest.`,
  };
}

/** The deepest folder that holds every file; `.` for the root. */
function commonFolder(files: readonly string[]): string {
  const folders = files.map((file) => file.split('/').slice(0, -1));
  const [first = []] = folders;
  let depth = 0;
  while (depth < first.length && folders.every((folder) => folder[depth] === first[depth])) {
    depth += 1;
  }
  return first.slice(0, depth).join('/') || '.';
}

/** unittest takes one pattern; the narrowest that finds all files. */
function patternFor(files: readonly string[]): string {
  const names = files.map((file) => file.slice(file.lastIndexOf('/') + 1));
  if (names.every((name) => name.startsWith('test'))) return 'test*.py';
  return names.every((name) => name.endsWith('_test.py')) ? '*_test.py' : '*test*.py';
}
