// A tiny project with known outcomes, and how a framework is judged by it.
import { join } from 'node:path/posix';
import type { Framework, RepositoryFacts, SuiteSelection } from '../../core/framework.ts';
import type { Sandbox } from '../../core/sandbox.ts';
import type {
  FailureKind,
  FrameworkSetting,
  RunOutcome,
  SuiteRun,
} from '../../core/schema/index.ts';

/** `passed`, `skipped`, or how the test failed. */
export type TestLabel = 'passed' | 'skipped' | FailureKind;

export interface FrameworkCase {
  name: string;
  /** The project: repository-relative paths and texts. Recognition must find its tests. */
  files: Readonly<Record<string, string>>;
  selection?: SuiteSelection;
  /** Milliseconds after which the run is cut; two minutes by default. */
  timeoutMs?: number;
  expected: {
    outcome: RunOutcome;
    /** Every test that the run must list, by id; nothing else may be listed. */
    tests: Readonly<Record<string, TestLabel>>;
    /** Files that could not be loaded. */
    collectionErrors?: readonly string[];
  };
  /** Where CPU times are told: the tests that use at least 0.2 s; `busyTests(run)` must say the same. */
  busy?: readonly string[];
}

/** The place a case runs in: an open sandbox, or a folder of one, that may be written. */
export type CasePlace = Pick<Sandbox, 'root' | 'exec' | 'read' | 'write'>;

/** What recognition sees of a case. */
function factsOf(files: Readonly<Record<string, string>>): RepositoryFacts {
  const manifest = files['package.json'];
  return {
    files: Object.keys(files).toSorted(),
    read: (path) => files[path],
    packageJson:
      manifest === undefined ? undefined : (JSON.parse(manifest) as Record<string, unknown>),
    pyproject: undefined,
  };
}

/** Recognises, runs and reads one case in an empty place, the way a pipeline does. */
export async function runFrameworkCase(
  framework: Framework,
  example: FrameworkCase,
  place: CasePlace,
  runnersPath: string,
): Promise<SuiteRun> {
  for (const [path, text] of Object.entries(example.files)) {
    await place.write(join(place.root, path), text);
  }
  const setting = framework.detect(factsOf(example.files))?.setting;
  if (setting === undefined) throw new Error(`${framework.name} does not recognise its own tests.`);
  return runSuite(framework, setting, example, place, runnersPath);
}

async function runSuite(
  framework: Framework,
  setting: FrameworkSetting,
  example: FrameworkCase,
  place: CasePlace,
  runnersPath: string,
): Promise<SuiteRun> {
  const reportPath = join(place.root, '.swemint-report.jsonl');
  const { argv, env } = framework.command({
    setting,
    ...(example.selection === undefined ? {} : { selection: example.selection }),
    reportPath,
    runnersPath,
    repositoryPath: place.root,
  });
  const exec = await place.exec({
    argv,
    env,
    cwd: join(place.root, setting.cwd),
    limits: { timeoutMs: example.timeoutMs ?? 120_000 },
  });
  const report = await place.read(reportPath).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => undefined,
  );
  return framework.parse(report, exec);
}

/** The part of a run that a case speaks about, in the case's own form. */
export function outcomesOf(run: SuiteRun): Required<FrameworkCase['expected']> {
  return {
    outcome: run.outcome,
    tests: Object.fromEntries(
      run.results.map(({ id, status, kind }) => [
        id,
        status === 'failed' ? (kind ?? 'error') : status,
      ]),
    ),
    collectionErrors: run.collectionErrors.map(({ file }) => file).toSorted(),
  };
}

/** Ids of the tests that used at least 0.2 s of CPU, sorted; undefined when some test's time is not told. */
export function busyTests(run: SuiteRun): string[] | undefined {
  if (run.results.some(({ cpuMs }) => cpuMs === undefined)) return undefined;
  return run.results
    .filter(({ cpuMs = 0 }) => cpuMs >= 200)
    .map(({ id }) => id)
    .toSorted();
}
