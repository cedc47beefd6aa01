/**
 * A game of shell that obeys the commands of fake-game.ts: `/bin/sh` is within reach of every user. Where the signal of a
 * crash does nothing, as to the first process of a container, it recurses until it really crashes.
 */
export function shellGame(...commands: string[]): string[] {
  return ['/bin/sh', '-c', script, 'game', ...commands];
}

const script = `
obey() {
  case $1 in
    'say '*) printf '%s\\n' "\${1#say }" ;;
    'complain '*) printf '%s\\n' "\${1#complain }" >&2 ;;
    'flood '*) awk -v lines="\${1#flood }" -v padding=${'x'.repeat(90)} \\
      'BEGIN { for (i = 1; i <= lines; i++) print "flood " i " " padding }' ;;
    'exit '*) exit "\${1#exit }" ;;
    stop) exit 0 ;;
    crash) kill -s SEGV $$; crash() { crash; }; crash ;;
    be-stubborn) trap '' TERM INT ;;
    be-deaf) deaf=yes ;;
    close-input) exec 0<&- ;;
    *) printf 'unknown command: %s\\n' "$1" ;;
  esac
}
for command in "$@"; do obey "$command"; done
while [ -z "$deaf" ] && IFS= read -r line; do obey "$line"; done
while :; do sleep 60; done
`;
