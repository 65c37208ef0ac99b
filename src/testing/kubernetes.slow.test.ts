// The kubernetes sandbox shows every behaviour in a real cluster: `npm run test:kubernetes`.
import { describe, test } from 'vitest';
import { loadSandbox } from '../sandbox/registry.ts';
import { missingProtections, openWith, sandboxBehaviours } from './sandbox-conformance.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';

const kubeconfig = process.env['SWEMINT_TEST_KUBECONFIG'];
const image = process.env['SWEMINT_TEST_IMAGE'];
const reason =
  kubeconfig === undefined || image === undefined
    ? 'SWEMINT_TEST_KUBECONFIG and SWEMINT_TEST_IMAGE name no cluster: npm run test:kubernetes starts one.'
    : undefined;
if (reason !== undefined) process.stderr.write(`kubernetes tests skipped: ${reason}\n`);

// Small requests: the test cluster is one node with whatever this machine has.
const settings = { kubeconfig, image, cpuRequest: 0.05, memoryRequest: 64, startTimeout: 120 };

for (const privileged of [true, false]) {
  describe.skipIf(reason !== undefined)(privileged ? 'privileged' : 'restricted', async () => {
    if (reason !== undefined) return;
    const provider = await loadSandbox('kubernetes', { kubernetes: { ...settings, privileged } });
    const isolation = await provider.check();
    for (const behaviour of sandboxBehaviours) {
      test.skipIf(missingProtections(behaviour, isolation).length > 0)(behaviour.name, () =>
        behaviour.run(openWith(provider, PATH)),
      );
    }
  });
}
