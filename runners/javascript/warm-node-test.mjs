// Reporter for `node --test` with all files in one process: tells our reporter where each file begins, as separate processes would.
import report from './node-test.mjs';

async function* withFiles(source) {
  let current;
  for await (const event of source) {
    const { nesting, file } = event.data ?? {};
    if (nesting === 0 && typeof file === 'string' && file !== current) {
      current = file;
      yield { type: 'test:dequeue', data: { nesting: 0, name: file, file } };
    }
    yield event;
  }
}

export default (source) => report(withFiles(source));
