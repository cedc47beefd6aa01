import type { TemplateInput, TemplateVariable } from '@catalyst/shared/features/templates';
import { ruleIssue } from '@catalyst/shared/features/variable-rules';
import type { ImportNotes } from './import-notes.ts';

type Port = TemplateInput['ports'][number];

/** The one that the community's panels give to every server. */
const gamePort: Port = { name: 'game', label: 'Game', protocol: 'both', preferred: 25_565 };
const mostPorts = 16;

/** Where the game connects to, as its name says: those ports are not its own. */
const elsewhere =
  /(?:^|_)(?:DB|DATABASE|SQL|MYSQL|MARIADB|POSTGRES|POSTGRESQL|PG|MONGO|MONGODB|REDIS|SMTP|MAIL|PROXY)_PORT$/i;

/**
 * The game's port, and one for each variable that holds the number of another: each server gets numbers that are free. A
 * variable is one of those when it is called `..._PORT`, begins as such a number, and its rule lets it be any other. One
 * that begins empty has to be given a number; where it need not, the game may take that for none, and it stays a setting.
 */
export function toTemplatePorts(variables: readonly TemplateVariable[], notes: ImportNotes): Port[] {
  const ports = [gamePort];
  const taken = new Set(variables.map(({ name }) => name.toUpperCase()));
  for (const [index, variable] of variables.entries()) {
    const name = isPortNumber(variable) ? freeName(variable.name, ports, taken) : undefined;
    if (name === undefined) continue;
    const path = `variables.${index}`;
    if (ports.length === mostPorts) {
      notes.kept(path, `${variable.name} stays a setting, as a template has at most ${mostPorts} ports`);
      continue;
    }
    ports.push({
      name,
      label: variable.label.slice(0, 60).trim(),
      protocol: 'both',
      preferred: Number(variable.defaultValue) || gamePort.preferred + ports.length,
      variable: variable.name,
    });
    notes.understood(path, `${variable.name} is the number of the port "${name}", chosen for each server`);
  }
  return ports;
}

function isPortNumber({ name, defaultValue, rule, secret }: TemplateVariable): boolean {
  if (!/_PORT$/i.test(name) || elsewhere.test(name) || secret) return false;
  if (['1025', '65535'].some((port) => ruleIssue(rule, port) !== null)) return false;
  if (defaultValue === '') return ruleIssue(rule, '') !== null;
  const number = /^\d{4,5}$/.test(defaultValue) ? Number(defaultValue) : 0;
  return number >= 1024 && number <= 65_535;
}

/** `query` of `QUERY_PORT`; undefined when its placeholder or itself would be another's. */
function freeName(variable: string, ports: readonly Port[], taken: ReadonlySet<string>): string | undefined {
  const long = variable.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return [long.replace(/-port$/, ''), long].find(
    (name) =>
      /^[a-z][a-z0-9-]{0,31}$/.test(name) &&
      !ports.some((port) => port.name === name) &&
      !taken.has(`PORT_${name.toUpperCase().replaceAll('-', '_')}`),
  );
}
