# First link of a command's chain: joins the control groups before anything else exists, then goes on.
# Arguments: how many control groups, their process lists, then the rest of the chain.
count=$1
shift
while [ "$count" -gt 0 ]; do
  echo 0 >"$1" || exit 125
  shift
  count=$((count - 1))
done
ulimit -c 0
exec "$@"
