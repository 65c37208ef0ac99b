# Inside the fresh process namespace, still privileged: shows only own processes, hides the stage, drops every power.
# Arguments: stage folder, then the rest of the chain.
mount -n -t proc -o ro,nosuid,nodev,noexec sandbox-proc /proc || exit 125
mount -n -t tmpfs -o ro,nosuid,nodev,noexec,size=4k,nr_inodes=1,mode=555 sandbox-hidden "$1" || exit 125
shift
# A session of its own: else a signal to the process group would reach the launchers outside.
exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all setsid "$@"
