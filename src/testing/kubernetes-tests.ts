// Which cluster tests use, and the one line that says why they are skipped without one.

export interface KubernetesTests {
  /** For `sandboxSettings.kubernetes`; small requests, since the node is what this machine has. */
  settings: { kubeconfig: string; image: string } & Record<string, unknown>;
  missing: boolean;
}

/** Reads `SWEMINT_TEST_KUBECONFIG` and `SWEMINT_TEST_IMAGE`, which `npm run test:kubernetes` sets. */
export function kubernetesTests(): KubernetesTests {
  const kubeconfig = process.env['SWEMINT_TEST_KUBECONFIG'] ?? '';
  const image = process.env['SWEMINT_TEST_IMAGE'] ?? '';
  const missing = kubeconfig === '' || image === '';
  if (missing) {
    process.stderr.write('Skipped without a cluster; npm run test:kubernetes starts one.\n');
  }
  const small = { cpuRequest: 0.05, memoryRequest: 64, startTimeout: 120 };
  return { settings: { kubeconfig, image, ...small }, missing };
}
