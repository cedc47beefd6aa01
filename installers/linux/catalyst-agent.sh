#!/bin/sh
# The agent and its commands: `catalyst-agent run` (what the service does), `catalyst-agent link`.
set -eu

program_dir=/opt/catalyst-agent
settings=/etc/catalyst/agent.env

if [ "$(id -u)" != 0 ]; then
  echo "The agent works as root. Run: sudo catalyst-agent $*" >&2
  exit 1
fi
if [ -r "$settings" ]; then
  set -a
  # shellcheck source=/dev/null
  . "$settings"
  set +a
fi
# The garbage of an agent is short-lived, and what it holds must not grow without end.
export MALLOC_ARENA_MAX=1
# Else the allocator learns to keep megabytes that nobody uses.
export MALLOC_TRIM_THRESHOLD_=131072
exec "$program_dir/bin/node" --max-semi-space-size=2 --max-old-space-size=256 "$program_dir/main.js" "$@"
