// What every framework's command shares: where to report, which tests, and variables that keep runs equal.
import { deflateSync } from 'node:zlib';
import { join } from 'node:path/posix';
import type { SuiteRequest, SuiteSelection } from '../core/framework.ts';
import type { FrameworkSetting } from '../core/schema/index.ts';

/** Linux allows 128 KiB for one variable. */
const VARIABLE_LIMIT = 100_000;

/** Variables of every run: the setting's own, a fixed time zone, and where our runner reports. */
export function suiteEnvironment(request: SuiteRequest): Record<string, string> {
  return {
    TZ: 'UTC',
    ...request.setting.env,
    SWEMINT_REPORT: request.reportPath,
    SWEMINT_ROOT: request.repositoryPath,
  };
}

/** Test ids as variables: packed, since thousands of ids do not fit on a command line. */
export function selectionEnvironment(tests: readonly string[] | undefined): Record<string, string> {
  if (tests === undefined) return {};
  const packed = deflateSync(JSON.stringify(tests)).toString('base64');
  const parts: [string, string][] = [];
  for (let at = 0; at < packed.length; at += VARIABLE_LIMIT) {
    const name = at === 0 ? 'SWEMINT_TESTS' : `SWEMINT_TESTS_${parts.length}`;
    parts.push([name, packed.slice(at, at + VARIABLE_LIMIT)]);
  }
  return Object.fromEntries(parts);
}

/** The files that hold the selected tests, each once; undefined when the whole suite is meant. */
export function selectedFiles(selection: SuiteSelection | undefined): string[] | undefined {
  if (selection?.files === undefined && selection?.tests === undefined) return undefined;
  const fromTests = (selection.tests ?? []).map((id) => id.split('::', 1)[0] ?? id);
  return [...new Set([...(selection.files ?? []), ...fromTests])];
}

/** Repository-relative paths as seen from the setting's folder. */
export function fromFolder(setting: FrameworkSetting, files: readonly string[]): string[] {
  const depth = setting.cwd === '.' ? 0 : setting.cwd.split('/').length;
  const prefix = `${setting.cwd}/`;
  return files.map((file) => {
    if (depth === 0) return file;
    if (file.startsWith(prefix)) return file.slice(prefix.length);
    return join('../'.repeat(depth), file);
  });
}
