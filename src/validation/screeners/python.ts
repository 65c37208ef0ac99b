// The screen of Python frameworks: a warm process that forks for every candidate.
import { openPythonScreener, openRecordedConfirmer, recordPython } from '../warm/python.ts';
import type { ScreenerKind } from './kind.ts';

const kind: ScreenerKind = {
  record: recordPython,
  open: openPythonScreener,
  openConfirmer: openRecordedConfirmer,
};

export default kind;
