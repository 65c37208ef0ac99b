// Volumes as this sandbox uses them: labelled, mounted by the engine, and found where the engine keeps them.
import type Docker from 'dockerode';
import { ownerLabels } from '../remote/owner.ts';

/** Makes a volume of the engine's own driver; `mount` is what it mounts, a plain folder by default. */
export async function makeVolume(
  engine: Docker,
  name: string,
  mount: Readonly<Record<'type' | 'device' | 'o', string>> | undefined,
): Promise<void> {
  await engine.createVolume({
    Name: name,
    Driver: 'local',
    ...(mount === undefined ? {} : { DriverOpts: { ...mount } }),
    Labels: { ...ownerLabels() },
  });
}

/** Its folder on the engine's machine, which is not a path of ours. */
export async function volumeFolder(engine: Docker, name: string): Promise<string> {
  return (await engine.getVolume(name).inspect()).Mountpoint;
}

/** Volumes show what is in them, not a copy of what the image has at that place. */
export const noCopy = { NoCopy: true, Labels: {}, DriverConfig: { Name: 'local', Options: {} } };
