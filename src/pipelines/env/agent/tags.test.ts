// Scripts are found however an agent writes them down, and nothing else is taken for one.
import { expect, test } from 'vitest';
import { readHandedIn, renderHandedIn } from './tags.ts';

test('scripts and summary, in any case, with fences, the last ones counting', () => {
  const text = `First I thought <test_script>old</test_script>, but:
<INSTALL_SCRIPT>
\`\`\`bash
pip install -e .
# done
\`\`\`
</INSTALL_SCRIPT>
<test_script>
  pytest -q
</test_script>
It needs nothing else.`;
  expect(readHandedIn(text)).toEqual({
    installScript: 'pip install -e .\n# done',
    testScript: '  pytest -q',
    summary: expect.stringMatching(/nothing else\.$/),
  });
});

test('what was not written is absent; an empty script is a script', () => {
  expect(readHandedIn('All done!')).toEqual({
    installScript: undefined,
    testScript: undefined,
    summary: 'All done!',
  });
  expect(readHandedIn('<install_script></install_script>').installScript).toBe('');
  expect(readHandedIn('<install_script>pip').installScript).toBeUndefined();
});

test('what the tool was given comes back as it was', () => {
  const given = { install_script: 'a\nb', test_script: 'c <d> "e"', summary: 'f' };
  expect(readHandedIn(renderHandedIn(given))).toEqual({
    installScript: 'a\nb',
    testScript: 'c <d> "e"',
    summary: 'f',
  });
});
