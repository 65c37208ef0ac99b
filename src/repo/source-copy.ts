// What copying a source takes and tells, whatever kind of source it is.
import type { Emit } from '../core/events.ts';
import type { SandboxProvider } from '../core/sandbox.ts';

export interface CopyContext {
  /** Absolute path of the folder that shall hold the files; it does not exist yet. */
  into: string;
  /** A folder of ours for passing files, removed afterwards. */
  scratch: string;
  /** Where code of a package may run while it is fetched. */
  provider: SandboxProvider | undefined;
  signal: AbortSignal | undefined;
  emit: Emit | undefined;
}

/** What only the source knows; the rest is read from the copied files. */
export interface CopiedSource {
  /** Commit or version that was copied; `folder` for files without either. */
  revision: string;
  /** The address it comes from, when the source tells. */
  origin: string | undefined;
  /** Last resort for a name. */
  folderName: string;
  /** The copy is only a part of what `origin` names. */
  part?: boolean;
}
