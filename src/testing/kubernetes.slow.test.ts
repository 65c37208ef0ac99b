// The kubernetes sandbox shows every behaviour in a real cluster: `npm run test:kubernetes`.
import { describe, test } from 'vitest';
import { loadSandbox } from '../sandbox/registry.ts';
import { kubernetesTests } from './kubernetes-tests.ts';
import { missingProtections, openWith, sandboxBehaviours } from './sandbox-conformance.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';

const { settings, missing } = kubernetesTests();

for (const privileged of [true, false]) {
  describe.skipIf(missing)(privileged ? 'privileged' : 'restricted', async () => {
    if (missing) return;
    const provider = await loadSandbox('kubernetes', { kubernetes: { ...settings, privileged } });
    const isolation = await provider.check();
    for (const behaviour of sandboxBehaviours) {
      test.skipIf(missingProtections(behaviour, isolation).length > 0)(behaviour.name, () =>
        behaviour.run(openWith(provider, PATH)),
      );
    }
  });
}
