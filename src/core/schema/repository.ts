// Where code comes from, and the clean copy that we work on.
import { z } from 'zod';

/** What the user named, parsed. */
export const sourceSpec = z.object({
  kind: z.enum(['folder', 'git', 'npm', 'pypi']),
  /** Path, URL or package name, without the revision. */
  location: z.string().min(1),
  /** Commit, tag, branch or version; absent means the current one. */
  revision: z.string().optional(),
  /** Given by an `--input` row; recognised from the files otherwise. */
  language: z.string().optional(),
  /** Name to use instead of the recognised one. */
  name: z.string().optional(),
  /** The row's own commands instead of a static recipe. */
  installScript: z.string().optional(),
  testScript: z.string().optional(),
});
export type SourceSpec = z.infer<typeof sourceSpec>;

export const repository = z.object({
  /** `<owner>__<name>.<commit, 8 characters>`, safe as a file name. */
  id: z.string().min(1),
  /** `owner/name` where known, else the name. */
  name: z.string(),
  source: sourceSpec,
  /** The commit or version of the source that was copied. */
  revision: z.string(),
  /** The single commit of the clean copy; depends on the content alone. */
  commit: z.string(),
  /** Languages with source files, most lines first. */
  languages: z.array(z.string()),
  /** SPDX identifier as declared by the package, if any. */
  license: z.string().nullable(),
});
export type Repository = z.infer<typeof repository>;
