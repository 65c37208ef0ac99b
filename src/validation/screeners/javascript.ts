// The screen of JavaScript frameworks: only the test files that can notice a change, in forks where those were seen to be safe.
import { javascriptRecording } from '../../core/schema/index.ts';
import { openJavascriptConfirmer } from '../javascript/confirmer.ts';
import { compileForkAddon } from '../javascript/fork-addon.ts';
import { canFork } from '../javascript/fork-server.ts';
import { recordJavascript } from '../javascript/record.ts';
import { openJavascriptScreener } from '../javascript/screener.ts';
import type { ScreenerKind } from './kind.ts';

const kind: ScreenerKind = {
  format: 'javascript 1',
  async record(host, options) {
    if (host.spec.test.build !== undefined) {
      return {
        usable: false,
        because: 'its tests run a build first, and what that makes of a change is not traced.',
      };
    }
    const recording = await recordJavascript({ ...host, ...options });
    const canBeFaster =
      recording.forked === null &&
      canFork(host, host.spec) &&
      (await compileForkAddon(options.signal)) === undefined;
    return {
      usable: true,
      recording: JSON.stringify(recording),
      ...(canBeFaster
        ? { advice: 'A C compiler (cc) on this machine would make judging several times faster.' }
        : {}),
    };
  },
  async open(host, recording, options) {
    return openJavascriptScreener({
      ...host,
      ...options,
      recording: javascriptRecording.parse(JSON.parse(recording)),
    });
  },
  openConfirmer: (host, recording, options) =>
    openJavascriptConfirmer(host, javascriptRecording.parse(JSON.parse(recording)), options),
};

export default kind;
