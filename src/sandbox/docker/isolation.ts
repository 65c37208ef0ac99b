// What an engine really enforces, from what it says of itself.
import type Docker from 'dockerode';
import type { Isolation } from '../../core/sandbox.ts';
import type { DockerSettings } from './settings.ts';

interface EngineInfo {
  MemoryLimit?: boolean;
  PidsLimit?: boolean;
  CgroupVersion?: string;
  SecurityOptions?: string[] | null;
}

/** Asks the engine; throws when it does not answer. */
export async function describeEngine(engine: Docker, settings: DockerSettings): Promise<Isolation> {
  const [info, version] = await Promise.all([
    engine.info() as Promise<EngineInfo>,
    engine.version(),
  ]);
  const options = (info.SecurityOptions ?? []).join(' ');
  const product = (version.Components?.[0]?.Name ?? 'Docker').replace(/ Engine$/, '');
  const memory = info.MemoryLimit !== false;
  // Podman does not say; it always has the limit where it has control groups.
  const processes = info.PidsLimit !== false;
  const warnings: string[] = [];
  if (!memory) warnings.push('The engine cannot bound memory: no memory control group.');
  if (!processes) warnings.push('The engine cannot bound the number of processes.');
  if (!options.includes('seccomp') && settings.runtime === undefined) {
    warnings.push('The engine filters no system calls: seccomp is off.');
  }
  return {
    summary: [
      `${product === 'Engine' ? 'Docker' : product} ${version.Version}`,
      'overlay volumes',
      `cgroup v${info.CgroupVersion ?? '1'}`,
      ...(options.includes('rootless') ? ['rootless'] : []),
      ...(settings.runtime === undefined ? [] : [settings.runtime]),
    ].join(' + '),
    network: true,
    filesystem: true,
    processes,
    memory,
    warnings,
  };
}
