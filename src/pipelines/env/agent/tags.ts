// Finds the scripts that an agent handed in, as arguments of its tool or as tags in its last words.

export interface HandedIn {
  installScript: string | undefined;
  testScript: string | undefined;
  summary: string;
}

/** The last script of each kind counts; fences around it are dropped. What is outside is the summary. */
export function readHandedIn(text: string): HandedIn {
  return {
    installScript: lastTag(text, 'install_script'),
    testScript: lastTag(text, 'test_script'),
    summary: (lastTag(text, 'summary') ?? withoutTags(text)).trim(),
  };
}

/** What `submit` was given, in the form in which it is read. */
export function renderHandedIn(scripts: {
  install_script?: string | undefined;
  test_script?: string | undefined;
  summary: string;
}): string {
  const { install_script, test_script, summary } = scripts;
  const part = (tag: string, text: string | undefined): string[] =>
    text === undefined ? [] : [`<${tag}>\n${text}\n</${tag}>`];
  return [
    ...part('install_script', install_script),
    ...part('test_script', test_script),
    summary,
  ].join('\n');
}

function lastTag(text: string, tag: string): string | undefined {
  const matches = [...text.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, 'gi'))];
  const inner = matches.at(-1)?.[1];
  return inner === undefined ? undefined : withoutFence(inner);
}

function withoutTags(text: string): string {
  return text.replaceAll(/<(install_script|test_script)>[^]*?<\/\1>/gi, '');
}

function withoutFence(text: string): string {
  const fenced = /^\s*(`{3,}|~{3,})[^\n]*\n(?<body>[^]*?)\n?\1\s*$/.exec(text)?.groups?.['body'];
  return (fenced ?? text).replace(/^(?:[ \t]*\r?\n)+/, '').trimEnd();
}
