// Writes an environment as a Dockerfile and the scripts that it runs.
import type { EnvironmentSpec } from '../../core/schema/index.ts';
import { installVariables } from '../../repo/build.ts';
import { quoteShell } from '../../repo/recipe.ts';
import { fillVariables } from '../../repo/variables.ts';

/** The environment's folder in every image. */
export const imageBase = '/swemint';

export interface DockerfileOptions {
  baseImage: string;
  spec: Pick<EnvironmentSpec, 'env'>;
  labels: Readonly<Record<string, string>>;
}

/** Expects `repo/`, `install.sh` and `verify.sh` beside it. */
export function renderDockerfile({ baseImage, spec, labels }: DockerfileOptions): string {
  const variables = { BASE: imageBase, ...fillVariables(spec.env, imageBase) };
  const { PATH: path = '', ...others } = variables as Record<string, string>;
  // The image's own programs are found where that image has them.
  const own = path.split(':').filter((folder) => folder.startsWith(`${imageBase}/`));
  return [
    `FROM ${baseImage}`,
    ...Object.entries(labels).map(([name, value]) => `LABEL ${name}=${quote(value)}`),
    ...Object.entries(others).map(([name, value]) => `ENV ${name}=${quote(value)}`),
    `ENV PATH="${[...own, '$PATH'].join(':')}"`,
    `COPY repo/ ${imageBase}/repo/`,
    `COPY install.sh verify.sh ${imageBase}/`,
    `WORKDIR ${imageBase}/repo`,
    `RUN /bin/sh -e ${imageBase}/install.sh`,
    `ENTRYPOINT ["/bin/sh", "${imageBase}/verify.sh"]`,
    '',
  ].join('\n');
}

/**
 * Each command as it ran when the environment was proved: in the repository's root, by a shell of
 * its own. `borrowed` are Python packages (`pytest==8.3.4`) that the proved environment took from
 * its machine; an image that has none of a name gets that one.
 */
export function renderInstallScript(
  { install }: Pick<EnvironmentSpec, 'install'>,
  borrowed: readonly string[] = [],
): string {
  return [
    '#!/bin/sh',
    '# Installs the environment. BASE is the folder above the repository.',
    'set -eu',
    ...Object.entries(installVariables).map(
      ([name, value]) => `export ${name}=${quoteShell(value)}`,
    ),
    'cd "$BASE/repo"',
    'mkdir -p "$BASE/bin" "$BASE/home"',
    '# The programs of the image under the names that install commands use.',
    'for name in git node npm npx pnpm python3 uv yarn; do',
    '  path=$(command -v "$name") || continue',
    String.raw`  printf '#!/bin/sh\nexec "%s" "$@"\n' "$path" >"$BASE/bin/$name"`,
    '  chmod 755 "$BASE/bin/$name"',
    'done',
    '[ ! -e "$BASE/bin/python3" ] || cp "$BASE/bin/python3" "$BASE/bin/python"',
    ...borrowed.map((requirement) => {
      const module = requirement.replace(/[^\w-].*$/, '').replaceAll('-', '_');
      return [
        `python3 -c ${quoteShell(`import ${module}`)} 2>/dev/null || {`,
        '  [ -d "$BASE/venv" ] || python3 -m venv --system-site-packages "$BASE/venv"',
        `  "$BASE/venv/bin/python" -m pip install --quiet ${quoteShell(requirement)}`,
        '}',
      ].join('\n');
    }),
    ...install.map((command) => `/bin/sh -ec ${quoteShell(command)}`),
    '# What was built is no change of the repository.',
    'if [ -d .git ] && command -v git >/dev/null; then',
    '  git -c safe.directory="$BASE/repo" ls-files --others --exclude-standard --directory | sed "s|^|/|" >>.git/info/exclude',
    'fi',
    '',
  ].join('\n');
}

/** Quoted for a Dockerfile, where `$` would name a variable and a line break end the instruction. */
function quote(value: string): string {
  return `"${value.replaceAll(/\s+/g, ' ').replaceAll(/["\\$]/g, String.raw`\$&`)}"`;
}
