// The variables of an environment: the same words on every machine, filled in where it is opened.

/** What every command in every environment gets. Programs of the machine are reached through `$BASE/bin`. */
export const commonVariables: Readonly<Record<string, string>> = {
  HOME: '$BASE/home',
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  PATH: '$BASE/venv/bin:$BASE/repo/node_modules/.bin:$BASE/bin:/usr/local/bin:/usr/bin:/bin',
  // A stale byte-code file of an equally long mutant, written within a second, would be run instead of it.
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONHASHSEED: '0',
  TZ: 'UTC',
};

/** Puts the environment's folder in place of `$BASE`. */
export function fillVariables(
  env: Readonly<Record<string, string>>,
  base: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replaceAll('$BASE', () => base)]),
  );
}
