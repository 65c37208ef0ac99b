// What every container of ours has in common: no power, no log, the same small limits on every engine.
import type Docker from 'dockerode';

export const confined: Docker.HostConfig = {
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges'],
  ReadonlyRootfs: true,
  LogConfig: { Type: 'none', Config: {} },
  // Said, since engines differ, and some ask for more than their own machine lets them have.
  Ulimits: [
    { Name: 'core', Soft: 0, Hard: 0 },
    { Name: 'nofile', Soft: 1024, Hard: 4096 },
  ],
};
