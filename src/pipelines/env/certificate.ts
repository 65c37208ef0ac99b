// Writes down what the replays have proved: what was built, out of what, by whom, and how its tests ran.
import { contentHash } from '../../core/ids.ts';
import type {
  EnvironmentCertificate,
  EnvironmentMaker,
  EnvironmentSpec,
  Repository,
} from '../../core/schema/index.ts';
import { version } from '../../lib/version.ts';
import type { Agreement } from './replay.ts';
import type { Scripts } from './scripted-spec.ts';

/** Everything but durations and the date decides the digest, so the same proof has the same one. */
export function certify(
  { replays, baseline, collectionErrors }: Agreement,
  spec: EnvironmentSpec,
  { installScript, testScript }: Scripts,
  repository: Repository,
  maker: EnvironmentMaker,
): EnvironmentCertificate {
  const last = replays.at(-1);
  if (!last) throw new RangeError('A certificate needs replays.');
  const { versions, isolation } = last;
  const of = (wanted: string): string[] =>
    baseline.tests.filter(({ status }) => status === wanted).map(({ id }) => id);
  const flakyTests = of('flaky');
  const lasting = {
    digests: {
      commit: repository.commit,
      installScript: contentHash(installScript),
      testScript: contentHash(testScript),
      spec: contentHash(JSON.stringify(spec)),
      packages: contentHash(JSON.stringify(versions, Object.keys(versions).toSorted())),
    },
    versions,
    drifting: driftingPackages(replays.map((replay) => replay.versions)),
    framework: spec.test.framework,
    counts: {
      total: baseline.tests.length,
      passed: of('passed').length,
      failed: of('failed').length,
      skipped: of('skipped').length,
      flaky: flakyTests.length,
    },
    flakyTests,
    unloaded: [...collectionErrors],
    isolation,
    maker,
    swemint: version,
  };
  const digest = contentHash(JSON.stringify(lasting), String(replays.length));
  const figures = replays.map((replay) => replay.figures);
  return { digest, ...lasting, replays: figures, date: new Date().toISOString() };
}

/** Names whose version is not the same in every build. */
function driftingPackages(builds: readonly Readonly<Record<string, string>>[]): string[] {
  const names = new Set(builds.flatMap((versions) => Object.keys(versions)));
  return [...names]
    .filter((name) => new Set(builds.map((versions) => versions[name])).size > 1)
    .toSorted();
}
