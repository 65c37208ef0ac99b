import { expect, test } from 'vitest';
import { readMakeTarget } from './makefile.ts';

const text = `
NODE ?= $(shell which node)
BIN = ./node_modules/.bin
MOCHA ?= $(BIN)/mocha
SRC := lib/a.js \\
  lib/b.js

all: test lint

bundle.js: $(SRC)
	cat $^ > $@

.PHONY: test
test: node_modules bundle.js # all of it
	@\${MOCHA} test/*.js \\
	  -u tdd

	-$(NODE) check.js $$HOME

clean:
	rm -f bundle.js
`;

test('commands with their variables, and what comes first', () => {
  expect(readMakeTarget(text, 'test')).toEqual({
    script: './node_modules/.bin/mocha test/*.js  \t  -u tdd\nnode check.js $HOME',
    needs: ['node_modules', 'bundle.js'],
  });
  expect(readMakeTarget(text, 'bundle.js')?.needs).toEqual(['lib/a.js', 'lib/b.js']);
  expect(readMakeTarget(text, 'lib/a.js')).toBeUndefined();
  expect(readMakeTarget('A = $(A)\ntest:\n\techo $(A)\n', 'test')?.script).toBe('echo $(A)');
});
