// What a hostile repository would try against its host and its neighbours.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from '../../core/sandbox.ts';
import { type SandboxBehaviour, behaviour, inSandbox, python, shell } from './behaviour.ts';

const STILL_WELL = { argv: shell('echo well; cat repo/hello.txt') };

async function assertWell(sandbox: Sandbox): Promise<void> {
  assert.equal((await sandbox.exec(STILL_WELL)).stdout, 'well\nhello\n');
}

/** Python that prints `ESCAPED` when the attempt succeeds and the error's name when it does not. */
function attempt(body: string): string[] {
  const indented = body
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  return python(
    `import os, sys, socket, ctypes\ntry:\n${indented}\n  print("ESCAPED")\nexcept BaseException as e:\n  print(type(e).__name__)`,
  );
}

async function assertContained(sandbox: Sandbox, body: string): Promise<void> {
  const { stdout, stderr } = await sandbox.exec({ argv: attempt(body) });
  assert.ok(!stdout.includes('ESCAPED'), body);
  assert.ok(/^\w+\n$/.test(stdout), `${body}: ${stdout}${stderr}`);
}

const libc = 'libc = ctypes.CDLL(None, use_errno=True)\n';
const must = (call: string): string => `${libc}if ${call} != 0: raise OSError(ctypes.get_errno())`;

export const hostileBehaviours: readonly SandboxBehaviour[] = [
  behaviour(
    'a test that kills its parent ends as an outcome',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({
        argv: shell('(kill -9 $PPID); kill -9 $PPID; sleep 30'),
        limits: { timeoutMs: 5000 },
      });
      assert.ok(['signaled', 'exited', 'timed-out'].includes(result.outcome));
      await assertWell(sandbox);
    }),
  ),
  behaviour(
    'a test that kills its process group ends as an outcome',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({
        argv: shell('kill -9 0; sleep 30'),
        limits: { timeoutMs: 5000 },
      });
      assert.notEqual(result.exitCode, 0);
      await assertWell(sandbox);
    }),
  ),
  behaviour(
    'a test that kills everything it can reaches only itself',
    inSandbox(async (sandbox, base, open) => {
      await using other = await open({ base });
      const neighbour = other.exec({ argv: shell('sleep 1; echo alive') });
      const same = sandbox.exec({ argv: shell('sleep 1; echo alive') });
      const killer = await sandbox.exec({
        argv: python(
          'import os\nfor p in [-1, *range(2, 70000)]:\n  if p != os.getpid():\n    try: os.kill(p, 9)\n    except OSError: pass\nprint("done")',
        ),
      });
      assert.equal(killer.stdout, 'done\n');
      assert.equal((await neighbour).stdout, 'alive\n');
      assert.equal((await same).stdout, 'alive\n');
      await assertWell(sandbox);
    }),
    ['processes'],
  ),
  behaviour(
    'other processes of the machine are invisible',
    inSandbox(async (sandbox) => {
      const { stdout } = await sandbox.exec({
        argv: python('import os\nprint(len([p for p in os.listdir("/proc") if p.isdigit()]))'),
      });
      assert.ok(Number(stdout) < 12, stdout);
      const seen = await sandbox.exec({ argv: shell('cat /proc/[0-9]*/cmdline | tr "\\0" " "') });
      assert.ok(!seen.stdout.includes(process.argv[0] ?? 'node-process'));
    }),
    ['processes'],
  ),
  behaviour(
    'a deleted repository comes back with restore',
    inSandbox(async (sandbox, base) => {
      await sandbox.exec({
        argv: shell('rm -rf "$PWD"/* "$PWD" /tmp /etc /home 2>/dev/null; ls repo'),
        limits: { timeoutMs: 60_000 },
      });
      await sandbox.restore();
      await assertWell(sandbox);
      assert.equal(await readFile(join(base, 'repo/hello.txt'), 'utf8'), 'hello\n');
    }),
    ['filesystem'],
  ),
  behaviour(
    'writing outside fails, and the host file is untouched',
    async (open) => {
      const folder = await realpath(await mkdtemp(join(homedir(), 'swemint-outside-')));
      try {
        await writeFile(join(folder, 'file'), 'untouched');
        await inSandbox(async (sandbox) => {
          for (const target of [
            `${folder}/file`,
            `${folder}/new`,
            '/etc/swemint-was-here',
            '/usr/bin/swemint-was-here',
            '/swemint-was-here',
          ]) {
            const { stdout } = await sandbox.exec({
              argv: python(
                `import errno\ntry:\n  open(${JSON.stringify(target)}, "w").write("x")\n  print("written")\nexcept OSError as e: print(errno.errorcode[e.errno])`,
              ),
            });
            assert.match(stdout.trim(), /^(EROFS|EACCES|EPERM|ENOENT)$/, target);
          }
          await sandbox.exec({
            argv: shell(
              `rm -rf ${folder}; mv ${folder} /tmp/x; chmod 777 ${folder}; ln ${folder}/file repo/hard && echo x >repo/hard`,
            ),
          });
        })(open);
        assert.equal(await readFile(join(folder, 'file'), 'utf8'), 'untouched');
        await assert.rejects(stat('/etc/swemint-was-here'));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    ['filesystem'],
  ),
  behaviour(
    "no network: not even the host's own loopback",
    async (open) => {
      let reached = 0;
      const server = createServer((socket) => {
        reached += 1;
        socket.destroy();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      try {
        const { port } = server.address() as { port: number };
        await inSandbox(async (sandbox) => {
          await assertContained(sandbox, `socket.create_connection(("127.0.0.1", ${port}), 2)`);
          await assertContained(sandbox, 'socket.create_connection(("198.51.100.1", 80), 2)');
          await assertContained(
            sandbox,
            's = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.connect(("198.51.100.1", 53))',
          );
        })(open);
        assert.equal(reached, 0);
      } finally {
        server.close();
      }
    },
    ['network'],
  ),
  behaviour(
    'a program may talk to itself over the loopback device',
    inSandbox(async (sandbox) => {
      const program =
        'import socket\ns = socket.create_server(("127.0.0.1", 0))\nc = socket.create_connection(s.getsockname(), 2)\nd, _ = s.accept()\nc.sendall(b"ping")\nprint(d.recv(4).decode())';
      assert.equal((await sandbox.exec({ argv: python(program) })).stdout, 'ping\n');
    }),
  ),
  behaviour(
    'sockets of the host are out of reach, by path and by abstract name',
    async (open) => {
      const folder = await realpath(await mkdtemp(join(tmpdir(), 'swemint-socket-')));
      const abstract = `\0swemint-conformance-${process.pid}`;
      let reached = 0;
      const servers = await Promise.all(
        [join(folder, 'socket'), abstract].map(async (path) => {
          const server = createServer((socket) => {
            reached += 1;
            socket.destroy();
          });
          await new Promise<void>((resolve) => server.listen(path, resolve));
          return server;
        }),
      );
      try {
        await inSandbox(async (sandbox) => {
          for (const path of [join(folder, 'socket'), abstract]) {
            await assertContained(
              sandbox,
              `s = socket.socket(socket.AF_UNIX)\ns.connect(${JSON.stringify(path)})`,
            );
          }
        })(open);
        assert.equal(reached, 0);
      } finally {
        for (const server of servers) server.close();
        await rm(folder, { recursive: true, force: true });
      }
    },
    ['network', 'filesystem'],
  ),
  behaviour(
    'temporary folders are private to a sandbox',
    inSandbox(async (first, base, open) => {
      await using second = await open({ base });
      const marks = ['/tmp/mark', '/var/tmp/mark', '/dev/shm/mark'];
      for (const mark of marks) {
        assert.equal((await first.exec({ argv: shell(`echo x >${mark}`) })).exitCode, 0, mark);
        assert.notEqual((await second.exec({ argv: ['cat', mark] })).exitCode, 0, mark);
        await assert.rejects(stat(mark));
      }
      await first.restore();
      for (const mark of marks) {
        assert.notEqual((await first.exec({ argv: ['cat', mark] })).exitCode, 0, mark);
      }
    }),
    ['filesystem'],
  ),
  behaviour(
    'secrets of the invoking user are hidden',
    async (open) => {
      const folder = join(homedir(), `.swemint-secret-${process.pid}`);
      await writeFile(folder, 'secret');
      try {
        await inSandbox(async (sandbox) => {
          const { stdout } = await sandbox.exec({
            argv: shell(
              `cat ${folder} ~root/.ssh/* /etc/shadow ${homedir()}/.npmrc ${homedir()}/.gitconfig 2>/dev/null`,
            ),
          });
          assert.equal(stdout, '');
        })(open);
      } finally {
        await rm(folder);
      }
    },
    ['filesystem'],
  ),
  behaviour(
    'no device of the host can be opened or made',
    inSandbox(async (sandbox) => {
      const { stdout } = await sandbox.exec({ argv: shell('ls /dev') });
      for (const name of ['mem', 'kmsg', 'sda', 'vda', 'nvme0n1', 'loop-control', 'fuse', 'kvm']) {
        assert.ok(!stdout.split('\n').includes(name), name);
      }
      await assertContained(
        sandbox,
        'import stat\nos.mknod("/tmp/disk", 0o600 | stat.S_IFBLK, os.makedev(254, 0))\nos.open("/tmp/disk", os.O_RDONLY)',
      );
      await assertContained(
        sandbox,
        'import stat\nos.mknod("repo/disk", 0o600 | stat.S_IFBLK, os.makedev(254, 0))\nos.open("repo/disk", os.O_RDWR)',
      );
    }),
    ['filesystem'],
  ),
  behaviour(
    'kernel settings cannot be changed',
    inSandbox(async (sandbox) => {
      for (const file of [
        '/proc/sys/kernel/core_pattern',
        '/proc/sys/vm/drop_caches',
        '/proc/sys/kernel/hostname',
        '/proc/sysrq-trigger',
        '/sys/kernel/mm/transparent_hugepage/enabled',
        '/sys/power/state',
      ]) {
        await assertContained(sandbox, `open(${JSON.stringify(file)}, "w").write("x")`);
      }
    }),
    ['filesystem'],
  ),
  behaviour(
    'control groups cannot be joined or left',
    inSandbox(async (sandbox) => {
      await assertContained(
        sandbox,
        'import glob\nfound = glob.glob("/sys/fs/cgroup/**/cgroup.procs", recursive=True)\nif not found: raise FileNotFoundError\nopen(found[0], "w").write("0")',
      );
      await assertContained(
        sandbox,
        must('libc.mount(b"cgroup", b"/tmp", b"cgroup", 0, b"memory")'),
      );
    }),
    ['memory', 'filesystem'],
  ),
  behaviour(
    'no mount can be undone, made writable or added',
    inSandbox(async (sandbox) => {
      const remount = 32 | 4096;
      await assertContained(sandbox, must(`libc.mount(b"none", b"/", None, ${remount}, None)`));
      await assertContained(sandbox, must('libc.umount2(b"/proc", 2)'));
      await assertContained(sandbox, must('libc.umount2(b"/run/swemint", 2)'));
      await assertContained(sandbox, must('libc.umount2(os.getcwd().encode(), 2)'));
      await assertContained(sandbox, must('libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None)'));
      await assertContained(sandbox, must('libc.mount(b"/dev/vda", b"/tmp", b"ext4", 0, None)'));
    }),
    ['filesystem'],
  ),
  behaviour(
    'a namespace of its own gives a program no power here',
    inSandbox(async (sandbox) => {
      const nest = (script: string): string[] => [
        'sh',
        '-c',
        `unshare --user --map-root-user --mount --pid --fork sh -c '${script}' 2>&1; true`,
      ];
      const { stdout } = await sandbox.exec({
        argv: nest(
          'mount -o remount,bind,rw / && echo x >/etc/swemint-was-here && echo ESCAPED; umount -l /run/swemint && ls /run/swemint/layers && echo ESCAPED; umount -l /proc && ls /proc/1 && echo ESCAPED; mount -t proc -o rw p /proc && echo x >/proc/sys/kernel/core_pattern && echo ESCAPED; cat /run/swemint/none && echo ESCAPED',
        ),
      });
      assert.ok(!stdout.includes('ESCAPED'), stdout);
      await assert.rejects(stat('/etc/swemint-was-here'));
    }),
    ['filesystem'],
  ),
  behaviour(
    'a program holds no capability and cannot gain one',
    inSandbox(async (sandbox) => {
      const { stdout } = await sandbox.exec({
        argv: shell('grep -E "^(Cap|NoNewPrivs)" /proc/self/status'),
      });
      for (const line of stdout.trim().split('\n')) {
        assert.match(line, /^(Cap\w+:\s+0+|NoNewPrivs:\s+1)$/);
      }
      await assertContained(sandbox, 'os.chroot("/tmp")');
      await assertContained(sandbox, 'os.nice(-5)');
      await assertContained(sandbox, must('libc.sethostname(b"x", 1)'));
      await assertContained(
        sandbox,
        'import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (1 << 20, 1 << 20))\nresource.setrlimit(resource.RLIMIT_NOFILE, (1 << 30, 1 << 30))',
      );
      await assertContained(sandbox, 'os.setuid(12345)');
      await assertContained(sandbox, 'os.chown("repo/hello.txt", 12345, 12345)');
    }),
    ['filesystem'],
  ),
  behaviour(
    'process 1 and its launchers cannot be taken over',
    inSandbox(async (sandbox) => {
      const program = [
        'import os',
        'for name in ("root", "cwd", "exe"):',
        '  try: t = os.readlink(f"/proc/1/{name}")',
        '  except OSError: continue',
        '  if name == "root" and os.path.exists("/proc/1/root/run/swemint/layers"): print("ESCAPED")',
        'try:',
        '  open("/proc/1/exe", "r+b").write(b"x"); print("ESCAPED")',
        'except OSError: pass',
        'try:',
        '  for n in os.listdir("/proc/1/ns"):',
        '    import ctypes; l = ctypes.CDLL(None)',
        '    if l.setns(os.open(f"/proc/1/ns/{n}", os.O_RDONLY), 0) == 0 and n in ("mnt", "user"): print("ESCAPED")',
        'except OSError: pass',
      ].join('\n');
      assert.equal((await sandbox.exec({ argv: python(program) })).stdout, '');
      const result = await sandbox.exec({
        argv: shell('echo "exit 0" >/proc/1/fd/3; kill -9 1; kill -STOP 1; exit 7'),
        limits: { timeoutMs: 5000 },
      });
      assert.ok(result.exitCode === 7 || result.exitCode === null, String(result.exitCode));
      await assertWell(sandbox);
    }),
    ['processes'],
  ),
  behaviour(
    'shared memory of System V does not outlive a command',
    inSandbox(async (sandbox) => {
      const make = await sandbox.exec({
        argv: python('import ctypes\nl = ctypes.CDLL(None)\nprint(l.shmget(4242, 4096, 0o1666))'),
      });
      assert.match(make.stdout, /^\d+\n$/);
      const find = await sandbox.exec({
        argv: python('import ctypes\nl = ctypes.CDLL(None)\nprint(l.shmget(4242, 4096, 0o666))'),
      });
      assert.equal(find.stdout, '-1\n');
    }),
    ['processes'],
  ),
  behaviour(
    'libraries named in variables run without power',
    inSandbox(async (sandbox) => {
      const result = await sandbox.exec({
        argv: ['sh', '-c', 'echo ran'],
        env: {
          LD_PRELOAD: `${sandbox.root}/repo/hello.txt`,
          LD_LIBRARY_PATH: `${sandbox.root}/repo`,
          ENV: `${sandbox.root}/repo/x`,
          BASH_ENV: `${sandbox.root}/repo/x`,
        },
      });
      assert.equal(result.stdout, 'ran\n');
    }),
  ),
  behaviour(
    'a renamed way to the root traps nobody',
    inSandbox(async (sandbox) => {
      const parent = join(sandbox.root, '..');
      await sandbox.exec({
        argv: shell(
          `mv ${parent} ${parent}-moved; mv ${sandbox.root} ${sandbox.root}-moved; ln -s /etc ${sandbox.root}; rmdir ${sandbox.root}`,
        ),
      });
      await sandbox.write('passwd', 'overwritten').catch(() => undefined);
      assert.ok(!(await readFile('/etc/passwd', 'utf8')).includes('overwritten'));
      await sandbox.restore();
      await assertWell(sandbox);
    }),
    ['filesystem'],
  ),
  behaviour(
    'very deep folders and very long names are restored away',
    inSandbox(async (sandbox) => {
      await sandbox.exec({
        argv: python(
          'import os\nos.chdir("repo")\nfor _ in range(1500):\n  os.mkdir("d" * 200); os.chdir("d" * 200)\nopen("end", "w").write("x")',
        ),
      });
      await sandbox.restore();
      await assertWell(sandbox);
      await sandbox.restore();
      await assertWell(sandbox);
    }),
  ),
];
