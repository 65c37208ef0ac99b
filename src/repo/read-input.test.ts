import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readInput } from './read-input.ts';

const folder = mkdtempSync(join(tmpdir(), 'swemint-input-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'repos.jsonl');
const read = (text: string) => {
  writeFileSync(file, text);
  return readInput(file);
};

test('reads the fields of SWE-Hub and ignores others', async () => {
  mkdirSync(join(folder, 'local'));
  const rows = [
    { repo: './local', language: 'Python' },
    { repo_name: 'owner/name', base_commit: 'abc1234', image_name: 'ignored' },
    {
      repo: 'https://host.example/o/r',
      repo_name: 'o/other',
      language: 'ts',
      install_script: 'npm ci',
      test_script: 'npx vitest run',
    },
    { repo: 'npm:fastq@1.0.0', base_commit: null },
  ];
  const text = `\uFEFF${rows.map((row) => JSON.stringify(row)).join('\r\n\r\n')}\r\n`;
  expect(await read(text)).toEqual([
    { kind: 'folder', location: join(folder, 'local'), language: 'python' },
    { kind: 'git', location: 'https://github.com/owner/name', revision: 'abc1234' },
    {
      kind: 'git',
      location: 'https://host.example/o/r',
      name: 'o/other',
      language: 'typescript',
      installScript: 'npm ci',
      testScript: 'npx vitest run',
    },
    { kind: 'npm', location: 'fastq', revision: '1.0.0' },
  ]);
});

test.each([
  ['{"repo": "./x"}\n\nnot json', 'line 3'],
  ['{"repo": "./x"}\n{"language": "python"}', 'line 2: "repo" or "repo_name" is needed'],
  ['{"repo": 7}', 'line 1: "repo"'],
  ['[]', 'line 1'],
  ['{"repo": "npm:../x"}', 'line 1: "npm:../x" is not a source'],
])('names the line of %j', async (text, words) => {
  await expect(read(text)).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining(words) as string,
  });
});

test('an empty or missing file is an error', async () => {
  await expect(read('\n')).rejects.toMatchObject({ code: 'bad-input' });
  await expect(readInput(join(folder, 'nowhere.jsonl'))).rejects.toMatchObject({
    code: 'bad-input',
  });
});
