// The variables a command sees: ours, the sandbox's, its own, and nothing of the host.

const DEFAULTS = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  TMPDIR: '/tmp',
};

/** `NAME=value` words for `env -i`; later layers win. */
export function commandEnvironment(
  home: string,
  ...layers: readonly (Readonly<Record<string, string>> | undefined)[]
): string[] {
  const merged: Record<string, string> = Object.assign({}, DEFAULTS, { HOME: home }, ...layers);
  return Object.entries(merged).map(([name, value]) => `${name}=${value}`);
}
