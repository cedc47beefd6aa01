#!/bin/sh
# Makes this machine a node of a Catalyst panel, on Debian, Ubuntu and what descends from them: installs containerd and
# what else game servers need, the agent, and a service that keeps it running; and links it to the panel.
#
# The panel hands this script out with its own address, its keys and a secret that admits one agent (see "Nodes" there).
# Run again, it upgrades and repairs, and leaves alone what is right. --help says what else it does.
#
# The agent works as root, because it gives each server a user, a network and limits of its own; so there is no user to
# make. Servers run as users without a name, from 700000 up.
set -eu
umask 022
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

# The panel writes here.
panel_url=
panel_pin=
panel_key=
node_id=
install_secret=
package_machine=
package_sha256=
# Until here.

program_dir=/opt/catalyst-agent
data_dir=/var/lib/catalyst
settings_dir=/etc/catalyst
service=catalyst-agent.service
unit_path=/etc/systemd/system/$service
command_path=/usr/local/bin/catalyst-agent
first_server_uid=700000
end_server_uid=1700000

action=install
is_sure=no
is_purge=no
changes=0
work_dir=

# ---------------------------------------------------------------------------------------------------------- talking --

usage() {
  cat <<'END'
Makes this machine a node of a Catalyst panel.

  install-agent.sh               installs or upgrades the agent and links it; changes nothing that is right already
  install-agent.sh --uninstall   removes the agent; what servers have saved stays
  install-agent.sh --purge       removes the agent and everything of its servers
  --yes                          does not ask
  --help                         this

The panel gives out the command that installs: Nodes, Add node. With it: ... | sudo sh -s -- --yes
END
}

say() {
  printf '%s\n' "$*"
}

changed() {
  changes=$((changes + 1))
  say "* $*"
}

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# The script itself may be what comes from the standard input, so people are asked at their terminal.
confirm() {
  [ "$is_sure" = yes ] && return 0
  if ! (: </dev/tty) 2>/dev/null; then
    fail "$1 There is nobody to ask here: run it again with --yes. Nothing was changed."
  fi
  printf '%s [y/N] ' "$1" >/dev/tty
  read -r answer </dev/tty || answer=
  case $answer in
    [Yy]*) ;;
    *) fail "Nothing was changed." ;;
  esac
}

# --------------------------------------------------------------------------------------------- is this the right place --

check_root() {
  [ "$(id -u)" = 0 ] || fail "This needs root: put sudo before sh. Nothing was changed."
}

by_hand="Install containerd, runc, the CNI plugins, nftables and iproute2 yourself, then run the agent from a copy of Catalyst: npm run agent -- link."

check_distribution() {
  release=$(cat /etc/os-release 2>/dev/null || :)
  case " $(printf '%s\n' "$release" | sed -n 's/^ID=//p; s/^ID_LIKE=//p' | tr -d '"' | tr '\n' ' ') " in
    *" debian "* | *" ubuntu "*) ;;
    *)
      name=$(printf '%s\n' "$release" | sed -n 's/^PRETTY_NAME=//p' | tr -d '"')
      fail "This script knows Debian and Ubuntu, and this is ${name:-another system}. $by_hand Nothing was changed."
      ;;
  esac
}

check_machine() {
  machine=$(uname -m)
  if [ -n "$package_machine" ] && [ "$package_machine" != "$machine" ]; then
    fail "The panel has the agent for $package_machine machines, as it runs on one, and this one is $machine. $by_hand Nothing was changed."
  fi
}

check_panel_is_elsewhere() {
  [ ! -d "$data_dir/panel" ] || fail "A Catalyst panel is at home on this machine, and looks after an agent of its own. Nothing was changed."
}

# The process that works on the data folder, and how it was started.
find_agent() {
  agent_pid=$(sed -n 's/.*"pid":\([0-9]*\).*/\1/p' "$data_dir/agent/agent.lock" 2>/dev/null || :)
  agent_line=$(tr '\0' ' ' 2>/dev/null <"/proc/${agent_pid:-none}/cmdline" || :)
}

check_other_agent() {
  find_agent
  case $agent_line in
    "$program_dir"/*) ;;
    *node*main.js* | *node*agent.js*)
      fail "An agent that was started by hand runs on this machine. End it first: kill $agent_pid (its servers run on). Nothing was changed."
      ;;
  esac
}

# Two of these at once would stumble over each other.
take_turn() {
  exec 9</opt
  flock -n 9 || fail "Another installation of the agent is running on this machine. Nothing was changed."
}

# -------------------------------------------------------------------------------------------------- asking the panel --

# panel_curl PATH FILE [BODY]: the answer goes to FILE, its status to the standard output. A body goes through a pipe:
# arguments can be read by everybody.
panel_curl() {
  path=$1 file=$2 body=${3-}
  set -- --silent --show-error --proto "=${panel_url%%:*}" --connect-timeout 20 --output "$file" --write-out '%{http_code}'
  # A panel with a certificate of its own making is known by its key; any other by the authorities of this machine.
  [ -z "$panel_pin" ] || set -- "$@" --insecure --pinnedpubkey "sha256//$panel_pin"
  if [ -n "$body" ]; then
    printf '%s' "$body" | curl "$@" --header 'content-type: application/json' --data-binary @- "$panel_url$path"
  else
    curl "$@" "$panel_url$path"
  fi
}

# ask_panel PATH FILE [BODY]: ends with a sentence when the panel is not reached or does not say yes.
ask_panel() {
  problem=0
  status=$(panel_curl "$@" 2>"$work_dir/curl") || problem=$?
  case $problem:$status in
    0:200) return 0 ;;
    0:404) fail "The panel at $panel_url does not take this install command any more: it works once and for 15 minutes. Make a new one in the panel. $(so_far)" ;;
    0:*) fail "The panel at $panel_url answered $status. Try again in a moment. $(so_far)" ;;
    90:*) fail "What answers at $panel_url is not your panel: it has another key. Nothing was sent to it. $(so_far)" ;;
    60:*) fail "The certificate of $panel_url is not one that this machine trusts. $(so_far)" ;;
    *) fail "The panel at $panel_url cannot be reached from this machine: $(sed 's/^curl: ([0-9]*) //' "$work_dir/curl"). $(so_far)" ;;
  esac
}

so_far() {
  if [ "$changes" = 0 ]; then say "Nothing was changed."; else say "What is done so far stays; run the command again."; fi
}

secret_body() {
  printf '{"secret":"%s"}' "$install_secret"
}

# ------------------------------------------------------------------------------------------------------- the program --

is_program_right() {
  [ -x "$program_dir/bin/node" ] && [ -f "$program_dir/SHA256SUMS" ] || return 1
  [ -z "$package_sha256" ] || [ "$(cat "$program_dir/PACKAGE" 2>/dev/null)" = "$package_sha256" ] || return 1
  (cd "$program_dir" && sha256sum --check --status --strict SHA256SUMS)
}

# Before anything is changed: all that can be wrong with the panel shows here.
fetch_program() {
  if is_program_right; then
    [ -z "$panel_url" ] || ask_panel /health "$work_dir/health"
    return 0
  fi
  has curl || fail "curl is missing on this machine: apt-get install curl. Nothing was changed."
  [ -n "$panel_url" ] || fail "The agent is not on this machine, or its files are damaged. Copy the install command from the panel (Nodes). Nothing was changed."
  say "Downloading the agent from $panel_url ..."
  ask_panel /api/deploy/package "$work_dir/agent.tar.gz" "$(secret_body)"
  sum=$(sha256sum "$work_dir/agent.tar.gz")
  [ "${sum%% *}" = "$package_sha256" ] || fail "The download does not have the hash that the panel named. Try again. Nothing was changed."
}

install_program() {
  [ -f "$work_dir/agent.tar.gz" ] || return 0
  rm -rf "$program_dir.new"
  mkdir -m 755 "$program_dir.new"
  tar -xzf "$work_dir/agent.tar.gz" -C "$program_dir.new" --no-same-owner
  printf '%s\n' "$package_sha256" >"$program_dir.new/PACKAGE"
  if ! "$program_dir.new/bin/node" --version >/dev/null 2>"$work_dir/node"; then
    fail "The agent's Node does not run on this machine: $(head -n 1 "$work_dir/node"). $by_hand $(so_far)"
  fi
  rm -rf "$program_dir.old"
  [ ! -d "$program_dir" ] || mv "$program_dir" "$program_dir.old"
  mv "$program_dir.new" "$program_dir"
  rm -rf "$program_dir.old"
  changed "Installed the agent in $program_dir."
  is_restart_needed=yes
}

install_command() {
  [ "$(readlink "$command_path" 2>/dev/null)" = "$program_dir/catalyst-agent.sh" ] && return 0
  mkdir -p "${command_path%/*}"
  ln -sfn "$program_dir/catalyst-agent.sh" "$command_path"
  changed "Made the command catalyst-agent."
}

# ------------------------------------------------------------------------------------------------------ what it needs --

has() {
  command -v "$1" >/dev/null 2>&1
}

# By what is there, not by package names: with Docker's own packages containerd comes as containerd.io.
missing_packages() {
  has containerd || echo containerd
  has runc || echo runc
  [ -x /usr/lib/cni/bridge ] || [ -x /opt/cni/bin/bridge ] || echo containernetworking-plugins
  has nft || echo nftables
  has ip || echo iproute2
  has setpriv || echo util-linux
}

install_packages() {
  missing=$(missing_packages | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  say "Installing $missing..."
  export DEBIAN_FRONTEND=noninteractive
  # Old lists may do: what is missing in them, the next line says.
  apt-get -qq update </dev/null >"$work_dir/apt" 2>&1 9<&- || :
  # Never at the price of another package.
  # shellcheck disable=SC2086
  if ! apt-get -qq -y --no-install-recommends --no-remove -o DPkg::Lock::Timeout=300 install $missing </dev/null >>"$work_dir/apt" 2>&1 9<&-; then
    tail -n 20 "$work_dir/apt" >&2
    fail "The packages $missing could not be installed: apt-get says why, above. Run the command again when that is mended."
  fi
  changed "Installed the packages $missing"
}

# ------------------------------------------------------------------------------------------------ folders and settings --

make_folder() {
  if [ ! -d "$1" ]; then
    mkdir -p "$1"
    chmod "$2" "$1"
    changed "Made $1."
  elif [ "$(stat -c %a "$1")" != "$2" ]; then
    chmod "$2" "$1"
    changed "Gave $1 the mode $2."
  fi
}

# Servers must pass through to their folders, and may not look around. The agent makes what is further below.
make_folders() {
  make_folder "$data_dir" 711
  make_folder "$data_dir/agent" 711
  make_folder "$settings_dir" 755
  [ ! -f "$settings_dir/agent.env" ] || return 0
  cat >"$settings_dir/agent.env" <<'END'
# Settings of the Catalyst agent; restart it after a change: systemctl restart catalyst-agent
#CATALYST_LOG_LEVEL=info
# The agent tells programs of this machine how it is, at http://127.0.0.1:8080/stats; 0 is off.
#CATALYST_AGENT_STATS_PORT=8080
END
  chmod 600 "$settings_dir/agent.env"
  changed "Wrote $settings_dir/agent.env, where settings go."
}

# ---------------------------------------------------------------------------------------------------------- the link --

linked_to() {
  # The agent writes this file on one line, and takes the one about its enrolment away when the panel does not know it.
  sed -n "s/.*\"$2\":\"\([^\"]*\)\".*/\1/p" "$data_dir/agent/$1" 2>/dev/null || :
}

is_linked() {
  [ "$(linked_to link.json panelUrl)" = "$panel_url" ] &&
    [ "$(linked_to identity/enrolled.json nodeId)" = "$node_id" ] && [ "$(linked_to link.json nodeId)" = "$node_id" ] &&
    [ "$(linked_to identity/enrolled.json panelKey)" = "$panel_key" ] && [ "$(linked_to link.json panelKey)" = "$panel_key" ]
}

check_link() {
  [ -n "$panel_url" ] || return 0
  other=$(linked_to link.json nodeId)
  if [ -n "$other" ] && [ "$other" != "$node_id" ]; then
    confirm "This machine is linked already, as another node, to $(linked_to link.json panelUrl). Its servers would be lost to that one. Link it to $panel_url instead?"
  fi
}

link() {
  [ -n "$panel_url" ] || return 0
  is_linked && return 0
  ask_panel /api/deploy/enrolment "$work_dir/enrolment" "$(secret_body)"
  token=$(sed -n 's/.*"token":"\([A-Za-z0-9_-]*\)".*/\1/p' "$work_dir/enrolment")
  rm -f "$work_dir/enrolment"
  if ! printf '%s\n' "$token" | "$program_dir/catalyst-agent.sh" link >"$work_dir/link" 2>&1; then
    fail "$(cat "$work_dir/link") $(so_far)"
  fi
  changed "Linked to $panel_url."
  sed -n 's/^.*\(Fingerprint of this agent\)/  \1/p' "$work_dir/link"
}

# -------------------------------------------------------------------------------------------------------- the service --

is_systemd_running() {
  [ -d /run/systemd/system ] && has systemctl
}

reload_systemd() {
  if is_systemd_running; then systemctl daemon-reload; fi
}

install_service() {
  if ! cmp -s "$program_dir/$service" "$unit_path"; then
    mkdir -p "${unit_path%/*}"
    cp "$program_dir/$service" "$unit_path.new"
    chmod 644 "$unit_path.new"
    mv "$unit_path.new" "$unit_path"
    changed "Wrote $unit_path."
    is_restart_needed=yes
    reload_systemd
  fi
  if has systemctl && ! systemctl -q is-enabled "$service" 2>/dev/null; then
    systemctl -q enable "$service"
    changed "The agent will start with this machine."
  fi
}

start_service() {
  if ! is_systemd_running; then
    say "systemd does not run here, so nothing keeps the agent running. Start it by hand: catalyst-agent run"
    return 0
  fi
  if [ "$(systemctl is-active containerd.service 2>/dev/null)" = inactive ] && systemctl -q enable --now containerd.service 2>/dev/null; then
    changed "Started containerd."
  fi
  if systemctl -q is-active "$service"; then
    [ "$is_restart_needed" = yes ] || return 0
    systemctl restart "$service"
    changed "Started the agent again; its servers have not noticed."
  else
    systemctl start "$service"
    changed "Started the agent."
  fi
  sleep 2
  systemctl -q is-active "$service" || fail "The agent does not stay up. Its log says why: journalctl -u catalyst-agent -n 50"
}

# Others' rules are theirs: they are looked at, not touched. The agent keeps its own in a table of its own.
tell_about_firewalls() {
  if has ufw && LC_ALL=C ufw status 2>/dev/null | grep -q '^Status: active'; then
    say "ufw is active on this machine. The agent needs no open port, but players need those of the servers: ufw allow PORT"
  elif has firewall-cmd && firewall-cmd -q --state 2>/dev/null; then
    say "firewalld is active on this machine. The agent needs no open port, but players need those of the servers: firewall-cmd --permanent --add-port=PORT/udp (or /tcp), and firewall-cmd --reload"
  else
    return 0
  fi
  say "What else stops traffic to servers in containers, the page of this node in the panel says."
}

# ---------------------------------------------------------------------------------------------------------- uninstall --

server_processes() {
  for process in /proc/[0-9]*; do
    uid=$(stat -c %u "$process" 2>/dev/null) || continue
    if [ "$uid" -ge "$first_server_uid" ] && [ "$uid" -lt "$end_server_uid" ] && is_of_agent "${process#/proc/}"; then
      echo "${process#/proc/}"
    fi
  done
}

# A user of such a number may be somebody else's: a server works in the agent's folders, or in a cgroup of its making.
is_of_agent() {
  case $(readlink "/proc/$1/cwd" 2>/dev/null || :) in "$data_dir"/*) return 0 ;; esac
  grep -q "/catalyst-$place/" "/proc/$1/cgroup" 2>/dev/null
}

# By it the agent names what it makes in the kernel.
find_place() {
  place=$(printf '%s' "$(readlink -f "$data_dir/agent" || :)" | sha256sum | cut -c 1-12)
}

# Without containerd, ctr would wait for it each time.
in_containerd() {
  [ -S /run/containerd/containerd.sock ] && has ctr || return 0
  ctr --connect-timeout 5s --namespace catalyst "$@" 2>/dev/null || :
}

stop_agent() {
  if is_systemd_running && systemctl -q is-active "$service"; then systemctl stop "$service"; fi
  find_agent
  case $agent_line in "$program_dir"/*) ;; *) return 0 ;; esac
  kill "$agent_pid" 2>/dev/null || return 0
  tries=0
  while [ -d "/proc/$agent_pid" ] && [ "$tries" -lt 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
}

running_tasks() {
  in_containerd tasks list | sed -n 's/ .*RUNNING.*//p'
}

# Games get half a minute to save their worlds.
end_servers() {
  for id in $(in_containerd tasks list -q); do in_containerd tasks kill --signal SIGTERM "$id"; done
  for process in $(server_processes); do kill "$process" 2>/dev/null || :; done
  tries=0
  while [ "$tries" -lt 60 ] && [ -n "$(server_processes)$(running_tasks)" ]; do
    tries=$((tries + 1))
    sleep 0.5
  done
  for process in $(server_processes); do kill -9 "$process" 2>/dev/null || :; done
  for id in $(in_containerd tasks list -q); do in_containerd tasks delete --force "$id" >/dev/null; done
}

remove_from_containerd() {
  for id in $(in_containerd containers list -q); do in_containerd containers delete "$id"; done
  for name in $(in_containerd images list -q); do in_containerd images remove --sync "$name" >/dev/null; done
  for id in $(in_containerd leases list -q); do in_containerd leases delete --sync "$id" >/dev/null; done
  in_containerd namespaces remove catalyst >/dev/null
}

remove_networks() {
  prefix=$(printf '%.6s' "$place")
  for path in /run/netns/catalyst-"$prefix"-*; do
    [ ! -e "$path" ] || ip netns delete "${path##*/}" || :
  done
  for cable in $(ip -o link show 2>/dev/null | sed -n "s/^[0-9]*: \(ct$prefix-[0-9]*\)[@:].*/\1/p"); do
    ip link delete "$cable" || :
  done
  for family in inet ip bridge; do
    nft delete table "$family" "catalyst_$prefix" 2>/dev/null || :
  done
  close_firewall
}

# In the chains of others the agent has one rule each, which leads to a chain of its own.
close_firewall() {
  own=$(printf 'CATALYST_%s' "$prefix" | tr '[:lower:]' '[:upper:]')
  for tool in iptables iptables-nft iptables-legacy ip6tables ip6tables-nft ip6tables-legacy; do
    has "$tool" && "$tool" -w 10 -S "$own" >/dev/null 2>&1 || continue
    while "$tool" -w 10 -D INPUT -j "$own" 2>/dev/null; do :; done
    "$tool" -w 10 -F "$own" && "$tool" -w 10 -X "$own" || :
  done
  for tool in iptables iptables-nft iptables-legacy; do
    has "$tool" && "$tool" -w 10 -S "${own}_FORWARD" >/dev/null 2>&1 || continue
    while "$tool" -w 10 -D FORWARD -j "${own}_FORWARD" 2>/dev/null; do :; done
    "$tool" -w 10 -F "${own}_FORWARD" && "$tool" -w 10 -X "${own}_FORWARD" || :
  done
  nft list chains 2>/dev/null | awk -v own="catalyst_$prefix" '
    $1 == "table" { table = $2 " " $3 }
    $1 == "chain" && ($2 == own || $2 == own "_forward") { print table, $2 }
  ' | while read -r family table chain; do
    close_chain
  done
}

close_chain() {
  nft -a list table "$family" "$table" | awk -v jump="jump $chain" '
    $1 == "chain" { name = $2 }
    index($0, jump " #") { print name, $NF }
  ' | while read -r name handle; do
    nft delete rule "$family" "$table" "$name" handle "$handle" || :
  done
  nft flush chain "$family" "$table" "$chain" && nft delete chain "$family" "$table" "$chain" || :
}

remove_cgroups() {
  find /sys/fs/cgroup -depth -type d -path "*/catalyst-$place*" -exec rmdir {} + 2>/dev/null || :
}

uninstall() {
  if [ ! -e "$program_dir" ] && [ ! -e "$unit_path" ] && [ ! -e "$settings_dir" ]; then
    if [ "$is_purge" = no ] || [ ! -e "$data_dir" ]; then
      say "The agent is not installed on this machine."
      return 0
    fi
  fi
  check_panel_is_elsewhere
  check_other_agent
  find_place
  running=$(($(server_processes | wc -l) + $(running_tasks | wc -l)))
  [ "$running" = 0 ] || confirm "Game servers run on this machine. End them?"
  [ "$is_purge" = no ] || confirm "Delete all game servers of this machine, with their backups, for ever ($data_dir)?"
  stop_agent
  end_servers
  remove_from_containerd
  if [ -d "$data_dir/agent" ]; then
    remove_networks
    remove_cgroups
  fi
  if has systemctl; then systemctl -q disable "$service" 2>/dev/null || :; fi
  rm -f "$unit_path"
  reload_systemd
  rm -f "$command_path"
  rm -rf "$program_dir" "$program_dir.new" "$program_dir.old" "$settings_dir"
  if [ "$is_purge" = yes ]; then
    rm -rf "$data_dir"
    say "Removed the agent and everything of its servers."
  else
    say "Removed the agent. What its servers have saved is in $data_dir still; --purge removes that too."
  fi
  say "Packages stay, as other programs may use them by now. To remove those too: apt-get remove containerd runc containernetworking-plugins"
}

# --------------------------------------------------------------------------------------------------------------- main --

install_agent() {
  check_root
  check_distribution
  check_machine
  check_panel_is_elsewhere
  check_other_agent
  take_turn
  check_link
  work_dir=$(mktemp -d /var/tmp/catalyst-agent.XXXXXX)
  trap 'rm -rf "$work_dir" "$program_dir.new"' EXIT
  trap 'exit 1' HUP INT TERM
  is_restart_needed=no
  fetch_program
  install_packages
  make_folders
  install_program
  install_command
  link
  install_service
  start_service
  tell_about_firewalls
  if [ "$changes" = 0 ]; then
    say "Everything is as it should be; nothing was changed."
  else
    say "Done. This machine is a node now: the panel shows it online when the agent runs."
  fi
}

main() {
  for argument in "$@"; do
    case $argument in
      --uninstall) action=uninstall ;;
      --purge) action=uninstall is_purge=yes ;;
      --yes) is_sure=yes ;;
      --help)
        usage
        return 0
        ;;
      *) fail "$argument means nothing here; --help says what does." ;;
    esac
  done
  if [ "$action" = uninstall ]; then
    check_root
    take_turn
    uninstall
  else
    install_agent
  fi
}

# Last of all, so that half a download does nothing.
main "$@"
