#!/usr/bin/env bash
# Runs the tests of the kubernetes sandbox: against the cluster that SWEMINT_TEST_KUBECONFIG names, or one made here.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${SWEMINT_TEST_KUBECONFIG:-}" ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo 'Skipped: making a cluster needs root on Debian; SWEMINT_TEST_KUBECONFIG and SWEMINT_TEST_IMAGE name another.' >&2
    exit 0
  fi
  # On Debian the first time takes some minutes of building; afterwards the start takes under one.
  trap 'scripts/test-kubernetes-cluster.sh stop' EXIT
  SWEMINT_TEST_KUBECONFIG=$(scripts/test-kubernetes-cluster.sh start)
  SWEMINT_TEST_IMAGE=swemint.test/python:latest
fi
export SWEMINT_TEST_KUBECONFIG SWEMINT_TEST_IMAGE
vitest run src/testing/kubernetes.slow.test.ts src/testing/kubernetes-cluster.slow.test.ts "$@"
