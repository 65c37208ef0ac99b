// Reports what one script that prints TAP, or just exits, says of its tests.
import { collectionError, peekId, relativePath, test, testStart, uniqueId } from './report.cjs';
import { TapStream } from './tap-stream.mjs';

/** Takes the script's lines as they come; `end` tells whether all is well. */
export function openTapFile(name) {
  const file = relativePath(name);
  const startedAt = performance.now();
  let began = startedAt;
  let [seen, failed] = [0, 0];
  const stream = new TapStream({
    begin(names) {
      testStart(peekId(file, names));
    },
    finish({ names, ...result }) {
      const now = performance.now();
      seen += 1;
      if (result.status === 'failed') failed += 1;
      test({ id: uniqueId(file, names), file, ms: now - began, ...result });
      began = now;
    },
  });
  return {
    line: (line) => stream.line(line),
    end({ code, signal, errors }) {
      const ms = performance.now() - startedAt;
      const died = code !== 0;
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      const kind = /\bAssertionError\b|ERR_ASSERTION/.test(errors)
        ? 'assertion'
        : signal
          ? 'crash'
          : 'error';
      const message = `The process of this file ended with ${how}.\n${errors}`;
      stream.close(died ? { kind, message } : undefined);
      if (seen === 0 && !died) test({ id: file, file, status: 'passed', ms });
      else if (seen === 0 && kind === 'assertion') {
        // A script that prints no TAP and whose own check failed is itself the test.
        test({ id: file, file, status: 'failed', kind, ms, message });
      } else if (seen === 0) collectionError(file, message);
      else if (died && failed === 0) {
        test({ id: file, file, status: 'failed', kind, ms: 0, message });
      }
      return !died && failed === 0;
    },
  };
}
