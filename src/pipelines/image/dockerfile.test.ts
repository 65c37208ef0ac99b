import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { renderDockerfile, renderInstallScript } from './dockerfile.ts';
import { renderTag } from './tag.ts';

const dockerfile = renderDockerfile({
  baseImage: 'python:3.12',
  spec: {
    env: {
      PATH: '$BASE/venv/bin:$BASE/bin:/usr/bin:/bin',
      HOME: '$BASE/home',
      ODD: 'a "b" $c \\ d',
    },
  },
  labels: { 'swemint.repository': 'evil\nRUN touch /evil' },
});

test('variables of the environment hold in the image, before its own programs', () => {
  expect(dockerfile).toContain('FROM python:3.12\n');
  expect(dockerfile).toContain('ENV BASE="/swemint"\n');
  expect(dockerfile).toContain('ENV HOME="/swemint/home"\n');
  expect(dockerfile).toContain('ENV PATH="/swemint/venv/bin:/swemint/bin:$PATH"\n');
  expect(dockerfile).toContain(String.raw`ENV ODD="a \"b\" \$c \\ d"`);
});

test('a name of a repository cannot add an instruction', () => {
  const runs = dockerfile.split('\n').filter((line) => line.startsWith('RUN '));
  expect(runs).toEqual(['RUN /bin/sh -e /swemint/install.sh']);
});

test('the install script runs every command as it is', () => {
  const script = renderInstallScript({ install: [`echo "it's $BASE"`, 'false || true'] });
  execFileSync('sh', ['-n', '-c', script]);
  expect(script).toContain(String.raw`/bin/sh -ec 'echo "it'\''s $BASE"'`);
});

test('what the machine lent is installed where the image lacks it', () => {
  const script = renderInstallScript({ install: [] }, ['pytest==8.3.4']);
  execFileSync('sh', ['-n', '-c', script]);
  expect(script).toContain("python3 -c 'import pytest' 2>/dev/null || {");
  expect(script).toContain('pip install --quiet pytest==8.3.4');
});

test('images are named as engines accept it', () => {
  const source = {
    digest: '0123456789abcdef',
    repository: {
      id: 'Owner__Name+x.12345678',
      name: 'n',
      source: { kind: 'folder' as const, location: '.' },
      revision: 'r',
      commit: 'c',
      languages: [],
      license: null,
    },
  };
  const name = renderTag('swemint/{repository}:{digest}', source);
  expect(name).toBe('swemint/owner__name-x.12345678:0123456789ab');
  expect(renderTag('localhost:5000/{repository}', source)).toBe(
    'localhost:5000/owner__name-x.12345678',
  );
  expect(() => renderTag('Mine/{repository}', source)).toThrow('is not the name of an image');
  expect(() => renderTag('a b', source)).toThrow('is not the name of an image');
});
