// pytest: recognised from its configuration or its tests, run through our plug-in.
import { join } from 'node:path/posix';
import type { Detection, RepositoryFacts } from '../core/framework.ts';
import { defineFramework } from '../core/framework.ts';
import { findPythonTests } from './python-tests.ts';
import { parseReport } from './report.ts';
import { shellCommand } from './shell-quote.ts';
import { fromFolder, selectedFiles, selectionEnvironment, suiteEnvironment } from './suite-call.ts';

const STEADY = { PYTHONHASHSEED: '0', PYTHONDONTWRITEBYTECODE: '1' };

/** A cache of the last run, and exceptions in destructors that fail whichever test is running. */
const STEADY_OPTIONS = ['-p', 'no:cacheprovider', '-p', 'no:unraisableexception'];

/** Where pytest is configured, in the order in which pytest looks, and what proves it. */
const CONFIGURATIONS: readonly (readonly [string, RegExp])[] = [
  ['pytest.ini', /\[pytest\]/],
  ['.pytest.ini', /\[pytest\]/],
  ['pyproject.toml', /^\[tool\.pytest(\.ini_options)?\]/m],
  ['tox.ini', /^\[pytest\]/m],
  ['setup.cfg', /^\[tool:pytest\]/m],
];

const CONFIGURED_PATHS = /^\s*testpaths\s*[=:]/m;

export default defineFramework({
  name: 'pytest',
  summary: 'Python tests, fixtures and parameters; also runs unittest classes and doctests.',
  languages: ['python'],
  requires: { python: ['pytest'] },
  selects: 'test',
  warm: true,
  screener: 'python',
  logParser: 'parse_log_pytest',
  detect,
  command(request) {
    const files = selectedFiles(request.selection);
    const { setting } = request;
    const paths = files === undefined ? targetsOf(setting.args) : fromFolder(setting, files);
    return {
      argv: [
        'python3',
        join(request.runnersPath, 'python/swemint_pytest.py'),
        '--tb=short',
        '--color=no',
        ...optionsOf(setting.args),
        ...paths,
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
    const paths = selection?.tests ?? selection?.files ?? undefined;
    const words = ['python', '-m', 'pytest', '-rA', '--color=no', ...STEADY_OPTIONS];
    const targets = paths === undefined ? targetsOf(setting.args) : fromFolder(setting, paths);
    return shellCommand([...words, ...optionsOf(setting.args), ...targets], setting);
  },
});

/** `args` holds options, then `--`, then the folders to collect from. */
function optionsOf(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end === -1 ? args : args.slice(0, end);
}

function targetsOf(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end === -1 ? [] : args.slice(end + 1);
}

function detect(facts: RepositoryFacts): Detection | undefined {
  const tests = findPythonTests(facts);
  const configured = CONFIGURATIONS.find(([file, proof]) => proof.test(facts.read(file) ?? ''));
  const conftest = facts.files.find((file) => /(^|\/)conftest\.py$/.test(file));
  const folders = ['tests', 'test'].filter((folder) =>
    tests.files.some((file) => file.startsWith(`${folder}/`)),
  );
  const ownPaths =
    configured !== undefined && CONFIGURED_PATHS.test(facts.read(configured[0]) ?? '');
  const setting = {
    framework: 'pytest',
    args: ownPaths || folders.length === 0 ? [] : ['--', ...folders],
    env: {},
    cwd: '.',
  };
  if (configured !== undefined && (tests.files.length > 0 || ownPaths)) {
    return { setting, confidence: 3, because: `${configured[0]} configures pytest.` };
  }
  if (tests.files.length === 0) return undefined;
  if (conftest !== undefined) {
    return { setting, confidence: 3, because: `${conftest} holds pytest fixtures or hooks.` };
  }
  const [first] = tests.forPytest;
  if (first !== undefined) {
    return { setting, confidence: 3, because: `${first} is written for pytest.` };
  }
  return tests.forUnittest.length > 0
    ? { setting, confidence: 1, because: 'pytest also runs unittest classes.' }
    : undefined;
}
