// The shell program that runs inside the sandbox and carries folder and variables from command to command.

/**
 * Plain POSIX, spoken to over standard input. `run SECONDS BYTES MARK` runs the file `command` in
 * its own session, so that a time limit can end it whole while what it left in the background
 * lives on; the output goes through a file, because a background process would keep a pipe open.
 * Folder, exported variables and functions are written down when a command ends and read before
 * the next one begins. When its folder was deleted meanwhile it says `gone` and ends.
 */
export const SHELL_PROGRAM = `
dir=$(mktemp -d "\${TMPDIR:-/tmp}/.shell.XXXXXXXX") || exit 90
if command -v bash >/dev/null 2>&1; then shell='bash --noprofile --norc'; else shell=sh; fi
if command -v setsid >/dev/null 2>&1; then session=setsid; else session=; fi
cat >"$dir/child" <<'CHILD'
__shell_dir=$1
shift
[ -f "$__shell_dir/state" ] && . "$__shell_dir/state" 2>/dev/null
cd "$(cat "$__shell_dir/folder")" 2>/dev/null || cd "$(cat "$__shell_dir/root")"
__shell_save() {
  pwd >"$__shell_dir/folder"
  {
    export -p
    if [ -n "$BASH_VERSION" ]; then declare -f; fi
  } >"$__shell_dir/state" 2>/dev/null
}
trap __shell_save EXIT
. "$__shell_dir/command"
CHILD
pwd >"$dir/root"
pwd >"$dir/folder"

watch() {
  ticks=$(($2 * 4))
  while [ "$ticks" -gt 0 ]; do
    sleep 0.25
    ticks=$((ticks - 1))
    if [ "$(wc -c <"$dir/out")" -gt "$3" ]; then stop "$1" flooded; return; fi
  done
  stop "$1" late
}

stop() {
  echo "$2" >"$dir/cut"
  for signal in TERM KILL; do
    if [ -n "$session" ]; then kill -s "$signal" -- "-$1"; fi
    kill -s "$signal" "$1"
    [ "$signal" = TERM ] && sleep 1
  done
} 2>/dev/null

run() {
  if ! [ -f "$dir/command" ]; then echo gone; exit 91; fi
  printf '' >"$dir/out"
  echo ended >"$dir/cut"
  # shellcheck disable=SC2086
  $session $shell "$dir/child" "$dir" </dev/null >"$dir/out" 2>&1 &
  job=$!
  watch "$job" "$1" "$(($2 * 16))" &
  watcher=$!
  wait "$job"
  code=$?
  kill "$watcher"
  size=$(wc -c <"$dir/out")
  if [ "$size" -gt "$2" ]; then
    head -c "$(($2 * 2 / 5))" "$dir/out" | base64
    echo ...
    tail -c "$(($2 * 3 / 5))" "$dir/out" | base64
  else
    base64 <"$dir/out"
  fi
  echo "$3 $code $(cat "$dir/cut") $((size)) $(base64 <"$dir/folder" | tr -d '\\n')"
}
echo "ready $dir"
`;
