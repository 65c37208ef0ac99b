# Keeps one sandbox's namespaces alive: runs the lines that the driver sends, ends when the driver does.
# First line out: the process id as the host counts it, from the host's /proc.
read -r host_pid rest </proc/self/stat
echo "$host_pid"
while IFS= read -r line; do
  eval "$line"
  echo "status $?"
done
