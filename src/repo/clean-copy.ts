// Turns a folder of plain files into a repository of exactly one commit that depends on its content alone.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../lib/git.ts';

/** The same for everyone, so that equal content has an equal commit. */
const signature = {
  GIT_AUTHOR_NAME: 'swemint',
  GIT_AUTHOR_EMAIL: 'swemint@localhost',
  GIT_AUTHOR_DATE: '2000-01-01T00:00:00+0000',
  GIT_COMMITTER_NAME: 'swemint',
  GIT_COMMITTER_EMAIL: 'swemint@localhost',
  GIT_COMMITTER_DATE: '2000-01-01T00:00:00+0000',
};

/**
 * Stronger than every `.gitattributes`: line ends, filters and encodings of the repository must not
 * change a byte when git reads or writes files.
 */
export const byteExactAttributes = '* -text -eol -filter -ident -working-tree-encoding\n';

/** Kept in the copy, for every later git command there. */
const settings = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = false
\tsymlinks = true
\tlogallrefupdates = false
\tautocrlf = false
\tsafecrlf = false
[gc]
\tauto = 0
[commit]
\tgpgsign = false
[user]
\tname = swemint
\temail = swemint@localhost
`;

/**
 * Commits every file below `folder` (which must hold no `.git`) and returns the commit.
 * The result has no remotes, no reflogs, no hooks and no objects but those of the one commit.
 */
export async function commitFolder(folder: string, signal?: AbortSignal): Promise<string> {
  const options = { cwd: folder, ...(signal ? { signal } : {}) };
  await git(['init', '--quiet', '--template=', '--object-format=sha1', '.'], options);
  await writeFile(join(folder, '.git', 'config'), settings);
  await mkdir(join(folder, '.git', 'info'), { recursive: true });
  await writeFile(join(folder, '.git', 'info', 'attributes'), byteExactAttributes);
  await git(['add', '--all', '--force', '--', '.'], options);
  const tree = (await git(['write-tree'], options)).trim();
  const commit = (
    await git(['commit-tree', tree, '-m', 'Clean copy'], { ...options, env: signature })
  ).trim();
  await git(['update-ref', 'refs/heads/main', commit], options);
  // One pack instead of a file per object; delta search would cost more than it saves here.
  await git(['repack', '-a', '-d', '-q', '--window=0'], options);
  await git(['update-index', '-q', '--refresh'], options);
  await Promise.all(
    ['branches', 'hooks', 'logs', 'COMMIT_EDITMSG', 'description', 'FETCH_HEAD'].map((name) =>
      rm(join(folder, '.git', name), { recursive: true, force: true }),
    ),
  );
  return commit;
}
