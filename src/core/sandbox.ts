// The contract of a sandbox: a place where code that we do not trust may run.
// A failed command is data; only a provider that cannot do its job throws.

/** What a command may use. Absent means the provider's default. */
export interface Limits {
  /** Wall time, milliseconds. */
  timeoutMs?: number;
  /** Memory of the whole process tree, bytes. */
  memoryBytes?: number;
  /** Processes and threads alive at once. */
  processes?: number;
  /** Bytes kept of standard output and of standard error, each; more ends the command. */
  outputBytes?: number;
  /** CPU time of the whole process tree, milliseconds. */
  cpuMs?: number;
  /** Bytes the command may write to its workspace and temporary folders. */
  diskBytes?: number;
}

export interface Command {
  /** Program and arguments; no shell. */
  argv: readonly string[];
  /** Absolute, or relative to the sandbox's `root`. Default: `root`. */
  cwd?: string;
  /** Added to the sandbox's own variables. The host's environment is never inherited. */
  env?: Readonly<Record<string, string>>;
  stdin?: string | Uint8Array;
  limits?: Limits;
  signal?: AbortSignal;
}

/** How a command ended. `exited` includes every exit code. */
export type ExecOutcome =
  | 'exited'
  | 'signaled'
  | 'timed-out'
  | 'out-of-memory'
  | 'output-limit'
  | 'aborted';

export interface ExecResult {
  outcome: ExecOutcome;
  /** Null unless the command exited by itself. */
  exitCode: number | null;
  /** The signal that ended it, e.g. `SIGSEGV`. */
  signal: string | null;
  stdout: string;
  stderr: string;
  /** True when output beyond the limit was dropped. */
  truncated: boolean;
  wallMs: number;
  /** CPU time of the whole process tree; null where the machine cannot tell. */
  cpuMs: number | null;
}

/** A long-lived program spoken to over its standard streams, e.g. a warm runner. */
export interface SandboxProcess extends AsyncDisposable {
  /** Writes to standard input; resolves when the pipe has taken it. */
  write(data: string): Promise<void>;
  /** Standard output, line by line without the newline; ends when the program ends. */
  readonly lines: AsyncIterable<string>;
  /** Resolves when the program and everything it started is gone. Never rejects. */
  readonly exited: Promise<ExecResult>;
  /** Ends the program and everything it started. */
  kill(): Promise<void>;
}

/** What really separates the code from the machine, in words that `doctor` shows. */
export interface Isolation {
  /** One line, e.g. `namespaces + overlay + cgroup v1`. */
  summary: string;
  network: boolean;
  filesystem: boolean;
  processes: boolean;
  memory: boolean;
  /** Each protection that is missing here and why. */
  warnings: readonly string[];
}

/** A frozen state of a sandbox's folder, to return to. */
export interface Snapshot {
  readonly id: string;
}

export interface SandboxOptions {
  /** Host folder that the sandbox shows at `root`. */
  base: string;
  /**
   * `direct`: changes land in `base` (installation), at the latest when each command has ended and
   * each file verb has returned. `copy-on-write`: `base` stays untouched and every change is
   * private to this sandbox.
   */
  access: 'direct' | 'copy-on-write';
  network: boolean;
  /** Variables of every command. The host's environment is never inherited. */
  env: Readonly<Record<string, string>>;
  limits?: Limits;
  /** Image that a remote sandbox starts from, over the provider's own setting; local ones ignore it. */
  image?: string;
  signal?: AbortSignal;
}

/** An open sandbox. Paths are absolute inside it, or relative to `root`. */
export interface Sandbox extends AsyncDisposable {
  /** Where `base` appears inside. Equal to `base` for local sandboxes, so that absolute paths stay true. */
  readonly root: string;
  readonly isolation: Isolation;
  exec(command: Command): Promise<ExecResult>;
  spawn(command: Command): Promise<SandboxProcess>;
  /** Throws `SwemintError('no-such-file')` when it is not there. */
  read(path: string): Promise<Uint8Array>;
  write(path: string, data: string | Uint8Array): Promise<void>;
  /** Copies a host file or folder in. */
  upload(hostPath: string, path: string): Promise<void>;
  /** Copies a file or folder out. */
  download(path: string, hostPath: string): Promise<void>;
  /** Freezes the present state. `direct` sandboxes cannot. */
  snapshot(): Promise<Snapshot>;
  /** Drops every change since the snapshot, or since opening when none is given. */
  restore(snapshot?: Snapshot): Promise<void>;
}

export interface SandboxProvider {
  readonly name: string;
  readonly summary: string;
  /** True when commands find the programs of an image, not those of this machine. */
  readonly remote?: boolean;
  /**
   * The provider with the user's settings (`sandboxSettings.<name>`), which it checks itself.
   * Throws `SwemintError('bad-config')`. Absent when there is nothing to set.
   */
  configure?(settings: unknown): SandboxProvider;
  /** What it can enforce on this machine; throws `SwemintError` when it cannot run at all. */
  check(): Promise<Isolation>;
  /** Sandboxes over one base that may be open at once; 1 where the machine cannot give private views. */
  capacity(): Promise<number>;
  open(options: SandboxOptions): Promise<Sandbox>;
}
