// The contract of a test framework: how to recognise it, call it, and read what it reports.
import type { ExecResult } from './sandbox.ts';
import type { FrameworkSetting, SuiteRun } from './schema/index.ts';

/** What recognition may look at: the repository's files, without running anything. */
export interface RepositoryFacts {
  /** Repository-relative paths with forward slashes, sorted. Dependencies' folders are left out. */
  readonly files: readonly string[];
  /** The text of a file, or undefined when it is absent, too large or not text. */
  read(path: string): string | undefined;
  /** Parsed `package.json` of the root, if any. */
  readonly packageJson: Readonly<Record<string, unknown>> | undefined;
  /** Parsed `pyproject.toml` of the root, if any. */
  readonly pyproject: Readonly<Record<string, unknown>> | undefined;
}

export interface Detection {
  setting: FrameworkSetting;
  /** Higher wins. 3: configured or scripted; 2: its tests are there; 1: the files would suit it. */
  confidence: 1 | 2 | 3;
  /** One sentence why, for people. */
  because: string;
}

/** Which part of a suite to run; all of it when both are absent. */
export interface SuiteSelection {
  /** Repository-relative test files. */
  files?: readonly string[];
  /** Test ids as the framework's reports give them. */
  tests?: readonly string[];
}

export interface SuiteRequest {
  setting: FrameworkSetting;
  selection?: SuiteSelection;
  /** Absolute path inside the sandbox where the report must be written. */
  reportPath: string;
  /** Absolute path inside the sandbox of our `runners/` folder. */
  runnersPath: string;
  /** Absolute path inside the sandbox of the repository's root. */
  repositoryPath: string;
}

export interface SuiteCommand {
  /** Run in `repositoryPath`/`setting.cwd`. Programs are found on the environment's PATH. */
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
}

export interface Framework {
  /** The name users know it by: `pytest`. */
  readonly name: string;
  readonly summary: string;
  readonly languages: readonly string[];
  /** Packages that must be importable for it to run, by package manager family. */
  readonly requires: { readonly python?: readonly string[]; readonly node?: readonly string[] };
  /** The finest part of a suite that it can run alone. */
  readonly selects: 'test' | 'file';
  /** Whether a warm process can serve many candidates; `validation` chooses. */
  readonly warm: boolean;
  /** Which screen gives it cheap first looks, by name; absent means every look is a full run. */
  readonly screener?: string;
  /** Name of the parser for its plain output in SWE-bench's registry. */
  readonly logParser: string;
  detect(facts: RepositoryFacts): Detection | undefined;
  command(request: SuiteRequest): SuiteCommand;
  /** Reads the report (undefined when none was written) and how the process ended. */
  parse(report: string | undefined, exec: ExecResult): SuiteRun;
  /** What a person would type, for verifier scripts: plain output that `logParser` reads. */
  plainCommand(setting: FrameworkSetting, selection?: SuiteSelection): string;
}

/** Declares a framework; the identity function that gives extension authors types. */
export function defineFramework(framework: Framework): Framework {
  return framework;
}
