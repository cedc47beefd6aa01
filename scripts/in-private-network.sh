#!/bin/sh
# Runs a command with a network and mounts of its own, so that tests of both leave the machine's alone; as root on Linux:
#   scripts/in-private-network.sh node_modules/.bin/vitest run --project agent NAME
set -e
PATH="$PATH:/usr/sbin:/sbin"
if [ "$CATALYST_TEST_NETWORK" != private ]; then
  CATALYST_TEST_NETWORK=private exec unshare --net --mount -- "$0" "$@"
fi
# What programs share there by fixed names.
mkdir -p /run/netns /run/containerd
mount -t tmpfs -o mode=755 tmpfs /run/netns
mount -t tmpfs -o mode=711 tmpfs /run/containerd
ip link set lo up multicast on
ip route add 224.0.0.0/4 dev lo
exec "$@"
