// Fills in a word's variables as the shell would, as far as that can be told without running anything.

/** Substitutions whose outcome is known: the folder, the repository's root, a number of cores. */
const substitutions: Readonly<Record<string, (cwd: string) => string>> = {
  '$(pwd)': (cwd) => folderIn(cwd),
  '`pwd`': (cwd) => folderIn(cwd),
  '$(git rev-parse --show-toplevel)': () => '$BASE/repo',
  '$(nproc)': () => '2',
};

const expansion =
  /\$\((?:pwd|nproc|git rev-parse --show-toplevel)\)|`pwd`|\$\{(?<braced>[A-Za-z_]\w*)(?::?-(?<fallback>[^{}$]*))?\}|\$(?<plain>[A-Za-z_]\w*|[@*#?!0-9-])/g;

/**
 * The word with everything filled in but `$BASE`, which stands for the environment's folder.
 * Undefined when it holds an expansion that only a shell can make.
 */
export function expandWord(
  word: string,
  variables: Readonly<Record<string, string>>,
  cwd: string,
): string | undefined {
  const kept = '\0BASE';
  const filled = word.replaceAll(expansion, (text: string, ...rest: unknown[]) => {
    const known = substitutions[text];
    if (known) return known(cwd).replace('$BASE', kept);
    const { braced, fallback, plain } = rest.at(-1) as Record<string, string | undefined>;
    const name = braced ?? plain ?? '';
    if (name === 'BASE') return kept;
    if (name === 'PWD') return folderIn(cwd).replace('$BASE', kept);
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return (value ?? fallback ?? '').replaceAll('$BASE', kept);
  });
  return /[$`]/.test(filled) ? undefined : filled.replaceAll(kept, '$BASE');
}

function folderIn(cwd: string): string {
  return cwd === '.' ? '$BASE/repo' : `$BASE/repo/${cwd}`;
}
