// The screen of Python frameworks: a warm process that forks for every candidate.
import { recordingVersion } from '../../core/schema/warm.ts';
import { openPythonScreener, openRecordedConfirmer, recordPython } from '../warm/python.ts';
import type { ScreenerKind } from './kind.ts';

const kind: ScreenerKind = {
  format: `python ${recordingVersion}`,
  record: recordPython,
  open: openPythonScreener,
  openConfirmer: openRecordedConfirmer,
};

export default kind;
