// Puts one environment before the gate: replays, comparison, certificate.
import type {
  EnvironmentCertificate,
  EnvironmentMaker,
  EnvironmentSpec,
} from '../../core/schema/index.ts';
import { isGood } from '../environment/ladder.ts';
import { certify } from './certificate.ts';
import { replayAgain, replayOnce } from './replay.ts';
import type { Agreement, Replay, ReplayFailure, ReplayScene } from './replay.ts';
import type { Scripts } from './scripted-spec.ts';

/** An environment that has passed. */
export interface Proven {
  spec: EnvironmentSpec;
  scripts: Scripts;
  certificate: EnvironmentCertificate;
}

export interface Claim {
  spec: EnvironmentSpec;
  scripts: Scripts;
  maker: EnvironmentMaker;
  /** Holds scripts to leaving the repository as it is; static recipes only warn. */
  strict: boolean;
}

/** Whether so many tests pass that nothing else needs to be tried. */
export function isGoodReplay({ figures, run }: Replay): boolean {
  const { passed, failed, skipped } = figures;
  return isGood(passed, passed + failed + skipped, run.collectionErrors.length);
}

/** All replays from the first one on. */
export async function prove(claim: Claim, scene: ReplayScene): Promise<Proven | ReplayFailure> {
  const first = await replayOnce(claim.spec, 1, scene, claim.strict);
  return 'code' in first ? first : proveFurther(claim, first, scene);
}

/** The remaining replays after a first one that worked. */
export async function proveFurther(
  claim: Claim,
  first: Replay,
  scene: ReplayScene,
): Promise<Proven | ReplayFailure> {
  const agreed: Agreement | ReplayFailure = await replayAgain(
    claim.spec,
    first,
    scene,
    claim.strict,
  );
  if ('code' in agreed) return agreed;
  const { spec, scripts, maker } = claim;
  const { repository } = scene.workplace;
  return { spec, scripts, certificate: certify(agreed, spec, scripts, repository, maker) };
}
