// The screen of JavaScript frameworks: only the test files that can notice a change, in forks where those were seen to be safe.
import { javascriptRecording } from '../../core/schema/index.ts';
import { openJavascriptConfirmer } from '../javascript/confirmer.ts';
import { recordJavascript } from '../javascript/record.ts';
import { openJavascriptScreener } from '../javascript/screener.ts';
import type { ScreenerKind } from './kind.ts';

const kind: ScreenerKind = {
  async record(host, options) {
    return {
      usable: true,
      recording: JSON.stringify(await recordJavascript({ ...host, ...options })),
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
