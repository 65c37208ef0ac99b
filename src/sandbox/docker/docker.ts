// The sandbox of a container engine: Docker or Podman, here or on another machine.
import type Docker from 'dockerode';
import type { Isolation, SandboxProvider } from '../../core/sandbox.ts';
import { type BaseVolumes, openBaseVolumes } from './base-volumes.ts';
import { connectEngine, explainEngineError } from './engine.ts';
import { inspectImage, type PreparedImage, prepareImage } from './image.ts';
import { describeEngine } from './isolation.ts';
import { removeLeftovers } from './leftovers.ts';
import { openDockerSandbox } from './sandbox.ts';
import { type DockerSettings, parseSettings } from './settings.ts';

interface Connection {
  engine: Docker;
  isolation: Isolation;
  bases: BaseVolumes;
  images: Map<string, Promise<PreparedImage>>;
}

function defineDocker(settings: DockerSettings): SandboxProvider {
  let connected: Promise<Connection> | undefined;
  const connect = (): Promise<Connection> => {
    connected ??= openConnection(settings);
    // A later attempt may find the engine started.
    connected.catch(() => (connected = undefined));
    return connected;
  };
  return {
    name: 'docker',
    summary:
      'Containers of Docker or Podman: a fresh one per command, over private copy-on-write files.',
    remote: true,
    configure: (value) => defineDocker(parseSettings(value)),
    check: async () => {
      const { engine, isolation } = await connect();
      if (settings.image === undefined) {
        const missing = 'No image is set: --set sandboxSettings.docker.image=python:3.12';
        return { ...isolation, warnings: [...isolation.warnings, missing] };
      }
      await inspectImage(engine, settings.image, settings);
      return isolation;
    },
    capacity: () => Promise.resolve(Number.POSITIVE_INFINITY),
    open: async (options) => {
      const { engine, isolation, bases, images } = await connect();
      const name = options.image ?? settings.image;
      const key = name ?? '';
      const image = images.get(key) ?? prepareImage(engine, name, settings);
      images.set(key, image);
      image.catch(() => images.delete(key));
      const hands = { engine, settings, image: await image, isolation, bases };
      return openDockerSandbox(hands, options);
    },
  };
}

async function openConnection(settings: DockerSettings): Promise<Connection> {
  const engine = await connectEngine(settings.host);
  try {
    const isolation = await describeEngine(engine, settings);
    await removeLeftovers(engine);
    return { engine, isolation, bases: openBaseVolumes(engine), images: new Map() };
  } catch (error) {
    throw explainEngineError(error, 'be used');
  }
}

export default defineDocker(parseSettings({}));
