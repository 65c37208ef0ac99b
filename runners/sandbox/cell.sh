# Process 1 of a container that waits for the one command it will run. It reads its standard input up to
# a mark that only the driver knows: first the mark, then the shell words of folder and command, then the
# mark again; what follows is the command's own standard input. How it ended comes last on standard error,
# behind the mark. Only shell built-ins: with every process slot taken, nothing else would start.
IFS= read -r mark || exit 0
words=
while :; do
  IFS= read -r line || exit 0
  [ "$line" != "$mark" ] || break
  words="$words$line
"
done
eval "set -- $words"

# Microseconds of CPU that the container has used; kills for want of memory. Empty where no file tells.
look() {
  cpu=
  kills=
  if [ -r /sys/fs/cgroup/cpu.stat ]; then
    while read -r key value; do [ "$key" != usage_usec ] || cpu=$value; done </sys/fs/cgroup/cpu.stat
    while read -r key value; do [ "$key" != oom_kill ] || kills=$value; done </sys/fs/cgroup/memory.events
  elif [ -r /sys/fs/cgroup/cpuacct/cpuacct.usage ]; then
    read -r cpu </sys/fs/cgroup/cpuacct/cpuacct.usage
    cpu=$((cpu / 1000))
    while read -r key value; do [ "$key" != oom_kill ] || kills=$value; done </sys/fs/cgroup/memory/memory.oom_control
  fi
}

look 2>/dev/null
began=$cpu
if ! cd -- "$1" 2>/dev/null; then
  printf '\n%s no-folder 0\n' "$mark" >&2
  exit 0
fi
shift

# The shell names a fatal signal on its own standard error, which is how 137 and SIGKILL are told apart.
# That goes to a file without a name, so that the command cannot put anything in its place.
word=/dev/shm/.swemint-word
: >"$word"
exec 3<"$word" 4>&2 2>"$word"
rm -f "$word"
# A subshell, because shells apply the redirections of a plain command to themselves while they wait.
(exec env -i "$@" 2>&4 3<&- 4>&-)
code=$?
said=
while IFS= read -r line <&3; do said=signal; done
look
printf '\n%s exit %s %s cpu=%s kills=%s\n' "$mark" "$code" "$said" "$((${cpu:-0} - ${began:-0}))" "${kills:-0}" >&4
# For a driver whose connection broke before it had read all that.
exit "$code"
