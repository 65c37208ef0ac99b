// What Node lacks to be a fork server: an addon of a few system calls. It names no header and links
// nothing, so any C compiler makes it; Node and the C library have everything by the time it loads.
#include <stddef.h>

typedef void *napi_env;
typedef void *napi_value;
typedef void *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);

extern int napi_add_env_cleanup_hook(napi_env, void (*)(void *), void *);
extern int napi_create_function(napi_env, const char *, size_t, napi_callback, void *, napi_value *);
extern int napi_create_double(napi_env, double, napi_value *);
extern int napi_get_cb_info(napi_env, napi_callback_info, size_t *, napi_value *, napi_value *, void **);
extern int napi_get_uv_event_loop(napi_env, void **);
extern int napi_get_value_double(napi_env, napi_value, double *);
extern int napi_set_named_property(napi_env, napi_value, const char *, napi_value);
extern int uv_loop_fork(void *);

struct pollfd { int fd; short events, revents; };
struct usage { long user_s, user_us, system_s, system_us, rest[14]; };
extern int close(int), dup2(int, int), fork(void), getpid(void), getrusage(int, struct usage *);
extern int madvise(void *, size_t, int), open(const char *, int, ...), poll(struct pollfd *, unsigned long, int);
extern int prctl(int, ...), setsid(void), usleep(unsigned), waitpid(int, int *, int);
extern long read(int, void *, size_t), syscall(long, ...);
extern void _exit(int);

enum { WNOHANG = 1, POLLIN = 1, MADV_DOFORK = 11, PR_SET_PDEATHSIG = 1, PR_SET_CHILD_SUBREAPER = 36 };
enum { SIGKILL = 9, SYS_PIDFD_OPEN = 434, RUSAGE_CHILDREN = -1, FORK_FAILED = 117 };

static double argument(napi_env env, napi_callback_info info, int index) {
  size_t count = 2;
  napi_value values[2];
  double number = 0;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  napi_get_value_double(env, values[index], &number);
  return number;
}

static napi_value number(napi_env env, double value) {
  napi_value result = NULL;
  napi_create_double(env, value, &result);
  return result;
}

static char maps[1 << 22];

static size_t address(char **at) {
  size_t value = 0;
  for (;; ++*at) {
    char c = **at;
    if (c >= '0' && c <= '9') value = value * 16 + c - '0';
    else if (c >= 'a' && c <= 'f') value = value * 16 + c - 'a' + 10;
    else return value;
  }
}

// V8 marks its heap as not to be inherited, which makes starting other programs faster.
static int inherit_memory(void) {
  size_t length = 0;
  long count;
  int file = open("/proc/self/maps", 0);
  if (file < 0) return -1;
  while ((count = read(file, maps + length, sizeof maps - 1 - length)) > 0) length += count;
  close(file);
  if (length >= sizeof maps - 1) return -1;
  maps[length] = 0;
  for (char *at = maps; *at;) {
    size_t start = address(&at);
    at += 1;
    size_t end = address(&at);
    madvise((void *)start, end - start, MADV_DOFORK);
    while (*at && *at != '\n') at += 1;
    if (*at) at += 1;
  }
  return 0;
}

static int exit_code = 0;

// Comes before Node waits for its threads, which stayed with the parent.
static void leave(void *unused) {
  (void)unused;
  _exit(exit_code);
}

// 0 in the child, which leads a session of its own and dies with its parent.
static napi_value fork_process(napi_env env, napi_callback_info info) {
  void *loop = NULL;
  napi_get_uv_event_loop(env, &loop);
  if (inherit_memory() != 0) return number(env, -1);
  int child = fork();
  if (child == 0) {
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (uv_loop_fork(loop) != 0) _exit(FORK_FAILED);
    napi_add_env_cleanup_hook(env, leave, NULL);
  }
  return number(env, child);
}

// (pid, milliseconds): the wait status, or -1 while it still runs.
static napi_value wait_for(napi_env env, napi_callback_info info) {
  int child = argument(env, info, 0), status = 0;
  int handle = syscall(SYS_PIDFD_OPEN, child, 0);
  if (handle >= 0) {
    struct pollfd watched = {handle, POLLIN, 0};
    poll(&watched, 1, argument(env, info, 1));
    close(handle);
  } else {
    usleep(2000);
  }
  return number(env, waitpid(child, &status, WNOHANG) == child ? status : -1);
}

// Buries whatever has ended; how many did.
static napi_value reap(napi_env env, napi_callback_info info) {
  int count = 0;
  while (waitpid(-1, NULL, WNOHANG) > 0) count += 1;
  return number(env, count);
}

// Milliseconds of processor time of everything buried so far.
static napi_value children_time(napi_env env, napi_callback_info info) {
  struct usage used;
  if (getrusage(RUSAGE_CHILDREN, &used) != 0) return number(env, -1);
  return number(env, (used.user_s + used.system_s) * 1e3 + (used.user_us + used.system_us) / 1e3);
}

static napi_value duplicate(napi_env env, napi_callback_info info) {
  return number(env, dup2(argument(env, info, 0), argument(env, info, 1)));
}

// Orphans come to this process instead of the first one.
static napi_value adopt(napi_env env, napi_callback_info info) {
  return number(env, prctl(PR_SET_CHILD_SUBREAPER, 1));
}

static napi_value process_id(napi_env env, napi_callback_info info) { return number(env, getpid()); }

// Of a process that ends by itself.
static napi_value leave_with(napi_env env, napi_callback_info info) {
  exit_code = argument(env, info, 0);
  return NULL;
}

static napi_value end_now(napi_env env, napi_callback_info info) {
  _exit(argument(env, info, 0));
  return NULL;
}

napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  static const struct { const char *name; napi_callback call; } functions[] = {
    {"fork", fork_process}, {"wait", wait_for}, {"reap", reap}, {"childrenTime", children_time},
    {"duplicate", duplicate}, {"adopt", adopt}, {"processId", process_id}, {"leaveWith", leave_with}, {"exit", end_now},
  };
  for (size_t index = 0; index < sizeof functions / sizeof *functions; index += 1) {
    napi_value value = NULL;
    napi_create_function(env, functions[index].name, -1, functions[index].call, NULL, &value);
    napi_set_named_property(env, exports, functions[index].name, value);
  }
  return exports;
}
