# Process 1 of a command: runs it in the foreground, reaps orphans, tells the driver over descriptor 3 how it ended.
# The shell names a fatal signal on its own standard error, which is how 137 and SIGKILL are told apart.
# Arguments: working folder, then the program and its arguments.
cd -- "$1" 2>/dev/null || {
  echo no-folder >&3
  exit 125
}
shift
exec 4>&2 2>&3
# A subshell, because shells apply the redirections of a plain command to themselves while they wait.
(exec "$@" 2>&4 3>&- 4>&-)
code=$?
times >&3
echo "exit $code" >&3
exit 0
