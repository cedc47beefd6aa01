import type { ImportNotes } from './import-notes.ts';
import { isObject, type JsonObject } from './json-value.ts';

const knownParts = new Set([
  ...['_comment', 'meta', 'exported_at', 'uuid', 'name', 'author', 'description', 'tags', 'features'],
  ...['docker_images', 'images', 'image', 'icon', 'file_denylist', 'startup', 'startup_commands'],
  ...['config', 'scripts', 'variables'],
]);
const knownOfConfig = new Set(['files', 'startup', 'logs', 'stop']);
const knownOfInstall = new Set(['script', 'container', 'entrypoint']);
const knownOfVariable = new Set([
  ...['name', 'description', 'env_variable', 'default_value', 'user_viewable', 'user_editable'],
  ...['rules', 'field_type', 'sort'],
]);

/** What would open a container's walls, by any of the names that it has elsewhere. */
const loosens =
  /^(script_is_)?privileged$|^(mount|volume|bind|device)s?$|^cap(s|abilities|_add|_drop)?$|^(host_?)?(network|config)(_mode)?$|^security_?opts?$|^(pid|ipc|uts|userns)(_mode)?$|^(sysctls|runtime|user|tmpfs|oom_disabled)$/i;

/** Says of each part that we do not know that it is only kept. */
export function noteUnknownParts(document: JsonObject, notes: ImportNotes): void {
  const look = (part: unknown, known: ReadonlySet<string>, path: string) => {
    if (!isObject(part)) return;
    for (const name of Object.keys(part).filter((each) => !known.has(each))) {
      const where = path === '' ? name : `${path}.${name}`;
      if (loosens.test(name)) notes.refused(where, 'would open the walls around a server; no template can');
      else notes.kept(where, 'is not known here');
    }
  };
  look(document, knownParts, '');
  look(document.config, knownOfConfig, 'config');
  const scripts = isObject(document.scripts) ? document.scripts : {};
  look(scripts, new Set(['installation']), 'scripts');
  look(scripts.installation, knownOfInstall, 'scripts.installation');
  const variables = Array.isArray(document.variables) ? document.variables : [];
  for (const [index, variable] of variables.entries()) look(variable, knownOfVariable, `variables.${index}`);
}
