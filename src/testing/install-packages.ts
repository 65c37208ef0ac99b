// Installs npm packages for tests, and tells a registry out of reach from an installation that fails.
import { runProgram } from '../lib/process.ts';

const unreachable =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)|ERR_SOCKET_TIMEOUT/;

/** Undefined when they are installed; why they cannot be had otherwise. Throws when npm fails by itself. */
export async function installPackages(
  folder: string,
  packages: readonly string[],
): Promise<string | undefined> {
  const patience = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-timeout=60000'];
  const { exitCode, stderr } = await runProgram(
    'npm',
    ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...patience, ...packages],
    { cwd: folder },
  );
  if (exitCode === 0) return undefined;
  if (!unreachable.test(stderr)) throw new Error(`npm install failed: ${stderr}`);
  process.stderr.write(
    `skipped: the npm registry cannot be reached (${unreachable.exec(stderr)?.[0]})\n`,
  );
  return 'the npm registry cannot be reached';
}
