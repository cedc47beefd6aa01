/**
 * The script that gives a game its environment, run by `/bin/sh` when all privileges are gone. Until then the
 * environment must not be there: `LD_PRELOAD` in it would run a tenant's code as root. Nor may it be in an argument,
 * where everybody can read it; so it is a file that only this shell has open (descriptor 4).
 */
export function environmentScript(environment: Readonly<Record<string, string>>): string {
  const names = Object.keys(environment);
  const exported = names.filter((name) => !isOwnedByShell(name));
  const assigned = names.filter(isOwnedByShell);
  const added = ['PATH', 'PWD', 'OLDPWD', 'SHLVL', '_'].filter((name) => !(name in environment));
  return [
    'exec 4<&-',
    ...exported.map((name) => `export ${name}=${quoteForShell(environment[name] ?? '')}`),
    [
      'exec /usr/bin/env',
      ...added.map((name) => `-u ${name}`),
      '--',
      ...assigned.map((name) => `${name}=${quoteForShell(environment[name] ?? '')}`),
      '"$@"',
      '',
    ].join(' '),
  ].join('\n');
}

/** One literal word, whatever is in it. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Variables some shell keeps for itself: these, and only these, are set by `env`. */
function isOwnedByShell(name: string): boolean {
  return /^(_|OPTIND|LINENO|E?UID|PPID|SECONDS|S?RANDOM|EPOCH(SECONDS|REALTIME)|GROUPS|DIRSTACK|FUNCNAME|HISTCMD|COMP_.*|SHELLOPTS|BASH.*|POSIXLY_CORRECT)$/.test(
    name,
  );
}
