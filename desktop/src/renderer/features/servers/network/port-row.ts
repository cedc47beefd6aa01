import type { PortBinding } from '@catalyst/shared/features/server-spec';
import { NewPortBinding, type Server } from '@catalyst/shared/features/servers';
import { addressesMeet } from '@catalyst/shared/features/subnets';
import type { PortOffset } from '@catalyst/shared/features/template-ports';
import type { Template } from '@catalyst/shared/features/templates';
import { z } from 'zod';
import { validateWith } from '../../../components/form-validation.ts';
import { strings } from './strings.ts';

/** What a network makes of ports. */
export interface PortSurroundings {
  /** They can lead to other ports of the server. */
  isTranslating: boolean;
  /** They are on an address of the server's own. */
  isOwnAddress: boolean;
}

/** A port of a server as a form has it. */
export interface PortRow {
  /** Stays while others come and go. */
  key: string;
  /** Empty for one that the panel names. */
  name: string;
  /** Empty for all addresses of the machine. */
  ip: string;
  /** Undefined for one that the panel chooses. */
  port: number | undefined;
  protocol: PortBinding['protocol'];
  /** Undefined for the same. */
  targetPort: number | undefined;
  /** The game needs it. */
  isTemplates: boolean;
  /** What the panel tries first when it chooses. */
  preferred: number | undefined;
  /** Of one that goes where another goes, and has nothing of its own to be asked for. */
  offset: PortOffset | undefined;
  /** A setting of the game that holds its number. */
  variable: string | undefined;
  /** A host name in place of the address. */
  alias: string;
  notes: string;
  /** Players are told this one; the first where none is. */
  isPrimary: boolean;
}

export type PortBody = z.input<typeof NewPortBinding>;

/** The ports of a new server: the template's, to be chosen by the panel. */
export function firstRows(template: Template): PortRow[] {
  return template.ports.map(({ name, protocol, preferred, offset, variable }, index) => ({
    ...{ key: name, name, ip: '', port: undefined, protocol, targetPort: undefined },
    ...{ isTemplates: true, preferred, offset, variable, alias: '', notes: '', isPrimary: index === 0 },
  }));
}

/** Those of a server; without its template nobody knows which the game needs, so they all stay. */
export function rowsOf(
  server: Pick<Server, 'portBindings' | 'staticIp'>,
  template: Template | undefined,
): PortRow[] {
  return server.portBindings.map(({ name, ip, port, protocol, targetPort, alias, notes, primary }) => {
    const ofTemplate = template?.ports.find((one) => one.name === name);
    const { offset } = ofTemplate ?? {};
    const base = server.portBindings.find((one) => one.name === offset?.from);
    // In a server from before its template said so, it is elsewhere until the ports are changed.
    const isBeside = offset !== undefined && base !== undefined && port === base.port + offset.by;
    return {
      key: name,
      name,
      ip: ip === '0.0.0.0' || ip === server.staticIp ? '' : ip,
      port,
      protocol,
      targetPort,
      isTemplates: template === undefined || ofTemplate !== undefined,
      ...{ preferred: undefined, offset: isBeside ? offset : undefined, variable: ofTemplate?.variable },
      ...{ alias: alias ?? '', notes, isPrimary: primary },
    };
  });
}

export function newRow(rows: readonly PortRow[]): PortRow {
  let count = rows.length;
  while (rows.some(({ key }) => key === `new-${count}`)) count += 1;
  return {
    ...{ key: `new-${count}`, name: '', ip: '', port: undefined, protocol: 'tcp', targetPort: undefined },
    ...{ isTemplates: false, preferred: undefined, offset: undefined, variable: undefined },
    ...{ alias: '', notes: '', isPrimary: false },
  };
}

/** A row as it will be: one that follows another is where that one goes. */
export function placedRow(row: PortRow, rows: readonly PortRow[]): PortRow {
  const { offset } = row;
  const base = offset && rows.find(({ name }) => name === offset.from);
  if (!offset || !base) return row;
  const beside = (port: number | undefined) => (port === undefined ? undefined : port + offset.by);
  return { ...row, ip: base.ip, port: beside(base.port), targetPort: beside(base.targetPort) };
}

/** What the panel is sent, in the order of the rows, so that its issues find their place. */
export function bindingsOf(
  rows: readonly PortRow[],
  { isTranslating, isOwnAddress }: PortSurroundings = { isTranslating: true, isOwnAddress: false },
): PortBody[] {
  return rows.map(({ name, ip, port, protocol, targetPort, offset, alias, notes, isPrimary }) => ({
    ...{ protocol, alias: alias.trim() || null, notes, primary: isPrimary },
    ...(name !== '' && { name }),
    ...(offset === undefined && {
      ...(ip.trim() !== '' && !isOwnAddress && { ip: ip.trim() }),
      ...(port !== undefined && { port }),
      ...(targetPort !== undefined && isTranslating && { targetPort }),
    }),
  }));
}

const Bindings = z.object({ portBindings: z.array(NewPortBinding) });

/** What the panel would refuse, by field: `portBindings.1.port`. */
export function portIssues(given: readonly PortRow[]): Record<string, string> {
  const issues = validateWith(Bindings)({ portBindings: bindingsOf(given) });
  const rows = given.map((row) => placedRow(row, given));
  for (const path of Object.keys(issues)) {
    if (/\.(port|targetPort)$/.test(path))
      issues[path] = path.endsWith('.port') ? strings.portRange : (issues[path] ?? '');
  }
  for (const [index, row] of rows.entries()) {
    const others = rows.slice(0, index);
    if (row.name !== '' && others.some(({ name }) => name === row.name)) {
      issues[`portBindings.${index}.name`] ??= strings.nameTwice;
    }
    if (row.offset && row.port !== undefined && (row.port < 1024 || row.port > 65_535)) {
      issues[`portBindings.${index}.port`] ??= strings.portRange;
    }
    if (others.some((other) => meet(row, other))) issues[`portBindings.${index}.port`] ??= strings.twice;
  }
  return issues;
}

function meet(one: PortRow, other: PortRow): boolean {
  if (one.port === undefined || one.port !== other.port) return false;
  const isSameProtocol =
    one.protocol === 'both' || other.protocol === 'both' || one.protocol === other.protocol;
  return isSameProtocol && addressesMeet(one.ip.trim() || '0.0.0.0', other.ip.trim() || '0.0.0.0');
}
