// Decides PEP 508 environment markers for Linux and one Python version, as far as recognition needs it.

/** Whether a marker holds here without any extra chosen. What cannot be understood counts as true. */
export function markerHolds(marker: string, pythonVersion: string): boolean {
  return marker
    .replace(/[()]/g, ' ')
    .split(/\sor\s/)
    .some((clause) =>
      clause.split(/\sand\s/).every((term) => termHolds(term.trim(), pythonVersion)),
    );
}

const here: Readonly<Record<string, string>> = {
  extra: '',
  implementation_name: 'cpython',
  os_name: 'posix',
  platform_python_implementation: 'CPython',
  platform_system: process.platform === 'darwin' ? 'Darwin' : 'Linux',
  sys_platform: process.platform === 'darwin' ? 'darwin' : 'linux',
};

function termHolds(term: string, pythonVersion: string): boolean {
  const match = /^(?<name>\w+)\s*(?<sign>==|!=|<=|>=|<|>)\s*['"](?<value>[^'"]*)['"]$/.exec(
    term,
  )?.groups;
  if (!match) return true;
  const { name = '', sign = '', value = '' } = match;
  if (name === 'python_version' || name === 'python_full_version') {
    return holds(compareVersions(pythonVersion, value, name === 'python_version' ? 2 : 3), sign);
  }
  const actual = here[name];
  if (actual === undefined) return true;
  return sign === '==' ? actual === value : sign === '!=' ? actual !== value : true;
}

function holds(order: number, sign: string): boolean {
  switch (sign) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

/** Negative, zero or positive, by the first `parts` numbers. */
function compareVersions(left: string, right: string, parts = 3): number {
  const numbers = (text: string) => text.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const [a, b] = [numbers(left), numbers(right)];
  for (let index = 0; index < parts; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
