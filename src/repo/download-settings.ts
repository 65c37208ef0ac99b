// Hands the user's download settings (proxy, certificates, package index) to installations, and only to them.
import { tmpdir } from 'node:os';
import { runProgram } from '../lib/process.ts';

/** Variables that say how this machine reaches package indexes. They are used, never recorded. */
const passed =
  /^(?:(?:https?|all|no)_proxy|ssl_cert_(?:file|dir)|requests_ca_bundle|curl_ca_bundle|node_extra_ca_certs|pip_\w+|uv_\w*(?:index|cert|tls|offline|url)\w*|npm_config_(?:registry|cafile|proxy|https_proxy|noproxy|strict_ssl))$/i;

const pipKeys = [
  'index-url',
  'extra-index-url',
  'find-links',
  'cert',
  'proxy',
  'trusted-host',
  'timeout',
];

const npmKeys = ['registry', 'cafile', 'proxy', 'https-proxy', 'noproxy', 'strict-ssl'];

/**
 * The variables, from the environment and from the settings files of pip or npm, which a sandbox
 * with a home of its own would not see. Credentials for publishing are not among them.
 */
export async function downloadSettings(language: string): Promise<Record<string, string>> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => passed.test(entry[0]) && entry[1] !== undefined,
    ),
  );
  const fromFiles = await (language === 'python' ? fromPip() : fromNpm());
  const found = { ...fromFiles, ...inherited };
  return {
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    ...yarnSettings(found),
    ...found,
  };
}

/** Modern yarn reads none of npm's settings, but the same words under names of its own. */
function yarnSettings(npm: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = {
    YARN_NPM_REGISTRY_SERVER: npm['npm_config_registry']?.replace(/\/+$/, ''),
    YARN_HTTPS_CA_FILE_PATH: npm['npm_config_cafile'],
    YARN_HTTP_PROXY: npm['npm_config_proxy'] ?? npm['http_proxy'] ?? npm['HTTP_PROXY'],
    YARN_HTTPS_PROXY: npm['npm_config_https_proxy'] ?? npm['https_proxy'] ?? npm['HTTPS_PROXY'],
  };
  return Object.fromEntries(
    Object.entries(pairs).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** Asking takes as long as a small installation: once per process is enough. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}

const fromPip = once(pipSettings);
const fromNpm = once(npmSettings);

async function pipSettings(): Promise<Record<string, string>> {
  const listing = await ask('python3', ['-m', 'pip', 'config', 'list']);
  const settings: Record<string, string> = {};
  for (const match of listing.matchAll(/^(?:global|install)\.(?<key>[\w-]+)=(?<value>.*)$/gm)) {
    const { key = '', value = '' } = match.groups ?? {};
    if (pipKeys.includes(key)) {
      settings[`PIP_${key.toUpperCase().replaceAll('-', '_')}`] = value
        .replace(/^(['"])(.*)\1$/, '$2')
        .replaceAll(String.raw`\n`, ' ')
        .trim();
    }
  }
  return settings;
}

async function npmSettings(): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  const answer = await ask('npm', ['config', 'list', '--json']);
  let values: Record<string, unknown>;
  try {
    values = JSON.parse(answer) as Record<string, unknown>;
  } catch {
    // An npm that cannot say has no settings to pass on.
    return settings;
  }
  for (const key of npmKeys) {
    const value = values[key];
    if (typeof value === 'string' && value !== '')
      settings[`npm_config_${key.replaceAll('-', '_')}`] = value;
  }
  return settings;
}

async function ask(program: string, args: readonly string[]): Promise<string> {
  const result = await runProgram(program, args, { cwd: tmpdir(), timeoutMs: 30_000 }).catch(
    () => undefined,
  );
  return result?.exitCode === 0 ? result.stdout : '';
}
