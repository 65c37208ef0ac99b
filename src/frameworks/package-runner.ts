// Recognises a test runner that comes as an npm package: by script, by configuration, by dependency.
import type { Detection, RepositoryFacts } from '../core/framework.ts';
import type { FrameworkSetting } from '../core/schema/index.ts';
import type { ScriptedRunner } from './package-scripts.ts';
import { findScriptedRunner } from './package-scripts.ts';

export interface PackageRunner {
  framework: string;
  /** Its name in package.json's dependencies. */
  packageName: string;
  /** Paths of its configuration files. */
  configuration: RegExp;
  /** Its key in package.json, if it reads one. */
  packageKey?: string;
  /** The arguments of a command that calls it, without those that are ours. */
  match(words: readonly string[]): string[] | undefined;
}

/** Script 3; configuration or imports 2 (a script may prefer another runner); dependency alone 1. */
export function detectPackageRunner(
  facts: RepositoryFacts,
  runner: PackageRunner,
): Detection | undefined {
  const scripted = findScriptedRunner(facts, (call) => runner.match(call.words));
  if (scripted !== undefined) return fromScript(runner.framework, scripted);
  const setting: FrameworkSetting = { framework: runner.framework, args: [], env: {}, cwd: '.' };
  const configuration = facts.files.find((file) => runner.configuration.test(file));
  if (configuration !== undefined) {
    const because = `${configuration} configures ${runner.framework}.`;
    return { setting: { ...setting, cwd: folderOf(configuration) }, confidence: 2, because };
  }
  if (runner.packageKey !== undefined && facts.packageJson?.[runner.packageKey] !== undefined) {
    return { setting, confidence: 2, because: `package.json configures ${runner.framework}.` };
  }
  const importing = testFileOf(facts, runner.packageName);
  if (importing !== undefined) {
    return { setting, confidence: 2, because: `${importing} imports ${runner.packageName}.` };
  }
  if (dependsOn(facts, runner.packageName)) {
    return { setting, confidence: 1, because: `package.json depends on ${runner.packageName}.` };
  }
  return undefined;
}

const TEST_FILE =
  /[._-](?:test|spec)\.[cm]?[jt]sx?$|(?:^|\/)(?:__tests__|tests?)\/.*\.[cm]?[jt]sx?$/;

/** A test file that imports the runner by name. */
function testFileOf(facts: RepositoryFacts, packageName: string): string | undefined {
  const statement = new RegExp(
    `(?:\\bfrom|\\brequire\\()\\s*['"](?:${packageName}|@${packageName}/globals)['"]`,
  );
  return facts.files.find((file) => TEST_FILE.test(file) && statement.test(facts.read(file) ?? ''));
}

/** The detection that a script proves. */
export function fromScript(framework: string, scripted: ScriptedRunner): Detection {
  const { args, env, build, script } = scripted;
  return {
    setting: { framework, args, env, cwd: '.', ...(build === undefined ? {} : { build }) },
    confidence: 3,
    because: `The script "${script}" runs ${framework}.`,
  };
}

/** Whether package.json names a dependency of any kind. */
export function dependsOn(facts: RepositoryFacts, name: string): boolean {
  return ['dependencies', 'devDependencies', 'optionalDependencies'].some((kind) => {
    const section = facts.packageJson?.[kind];
    return section !== null && typeof section === 'object' && Object.hasOwn(section, name);
  });
}

function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at === -1 ? '.' : path.slice(0, at).replace(/(^|\/)test$/, '') || '.';
}
