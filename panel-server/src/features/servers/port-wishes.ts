import { AppError } from '@catalyst/shared/contract/errors';
import type { PortBinding } from '@catalyst/shared/features/server-spec';
import type { NewPortBinding } from '@catalyst/shared/features/servers';
import { canonicalAddress } from '@catalyst/shared/features/subnets';
import type { Template } from '@catalyst/shared/features/templates';
import { hasOwnAddress, type NetworkChoice } from '../networks/network-choice.ts';
import { withFollowers } from './followed-ports.ts';
import type { PortWish } from './ports.ts';
import type { KnownPort } from './server-store.ts';
import type { PortOfVariable } from './variable-ports.ts';

interface Asked {
  portBindings: readonly NewPortBinding[];
  primaryPort?: number;
  /** Of the server so far. */
  current?: readonly KnownPort[];
  /** By name, those that are asked for as values of variables. */
  ofVariables?: ReadonlyMap<string, PortOfVariable>;
}

/**
 * The ports that a server shall have: the template's in their order, then the others. Throws `invalid_input` for what
 * cannot be in this network, and when one of the template's that the server has would go.
 */
export function portWishes(
  template: Template,
  { portBindings, primaryPort, current = [], ofVariables = new Map() }: Asked,
  choice: NetworkChoice,
): PortWish[] {
  const named = new Map<string, { asked: NewPortBinding; path: string }>();
  const unnamed: { asked: NewPortBinding; path: string }[] = [];
  for (const [index, asked] of portBindings.entries()) {
    const path = `portBindings.${index}`;
    if (asked.name === undefined) unnamed.push({ asked, path });
    else if (named.has(asked.name)) throw invalid(`${path}.name`, 'is the name of another of its ports');
    else named.set(asked.name, { asked, path });
  }
  const words = portWords({ portBindings, primaryPort, current });
  const ofTemplate = template.ports.map(({ name, protocol, preferred, offset }, position): PortWish => {
    const found = named.get(name);
    named.delete(name);
    if (!found && current.some(({ binding }) => binding.name === name)) {
      throw invalid('portBindings', `The game needs its port "${name}", which cannot be given up`);
    }
    const isPrimary = position === 0 && primaryPort !== undefined;
    if (isPrimary && (found?.asked.port ?? primaryPort) !== primaryPort) {
      throw invalid('primaryPort', 'differs from what portBindings says');
    }
    const ofVariable = ofVariables.get(name);
    const said = isPrimary ? primaryPort : found?.asked.port;
    if (ofVariable && (said ?? ofVariable.port) !== ofVariable.port) {
      throw invalid(ofVariable.path, `differs from what is said about the port "${name}"`);
    }
    const asked = { ip: '0.0.0.0', ...found?.asked };
    return {
      ...placed(asked, found?.path ?? '', choice),
      name,
      protocol: asked.protocol ?? protocol,
      preferred,
      offset,
      ...words(name, found?.asked),
      ...ofVariable,
      ...(isPrimary && { port: primaryPort, path: 'primaryPort' }),
    };
  });
  const bindings = current.map(({ binding }) => binding);
  const wishes = withFollowers(ofTemplate, bindings);
  const preferred = (primaryPort ?? wishes[0]?.port ?? wishes[0]?.preferred ?? 1024) + 1;
  const names = new Set([...template.ports.map(({ name }) => name), ...named.keys()]);
  for (const { asked, path } of [...named.values(), ...unnamed]) {
    const name = asked.name ?? freeName(names);
    names.add(name);
    wishes.push({
      ...placed(asked, path, choice),
      name,
      protocol: asked.protocol ?? 'tcp',
      preferred,
      ...words(name, asked),
    });
  }
  return wishes;
}

/** The ports that a server has, as they are asked for when it moves from one network to another. */
export function movedBindings(
  current: readonly PortBinding[],
  from: Pick<NetworkChoice, 'network'>,
  to: NetworkChoice,
): NewPortBinding[] {
  const isTranslating = to.networkMode !== 'host' && !hasOwnAddress(to);
  const isLost = (ip: string) => hasOwnAddress(from) || (to.networkMode === 'bridge' && ip.includes(':'));
  return current.map(({ ip, targetPort, port, ...binding }) => ({
    ...binding,
    ip: isLost(ip) ? '0.0.0.0' : ip,
    port: hasOwnAddress(to) ? (targetPort ?? port) : port,
    ...(isTranslating && targetPort !== undefined && { targetPort }),
  }));
}

/** What is said about each port: what is left out stays as it is. Throws `invalid_input` when two would be primary. */
function portWords({ portBindings, primaryPort, current = [] }: Asked) {
  const flagged = portBindings.flatMap(({ primary }, index) => (primary ? [index] : []));
  if (flagged.length > 1) {
    throw invalid(`portBindings.${flagged[1]}.primary`, 'Another of its ports is the primary one');
  }
  if (flagged.length > 0 && primaryPort !== undefined) {
    throw invalid('primaryPort', 'cannot be combined with a primary one among portBindings');
  }
  const isSaid = portBindings.some(({ primary }) => primary !== undefined);
  return (name: string, asked: NewPortBinding | undefined) => {
    const before = current.find(({ binding }) => binding.name === name);
    return {
      alias: asked?.alias === undefined ? (before?.alias ?? null) : asked.alias,
      notes: asked?.notes ?? before?.notes ?? '',
      isPrimary: isSaid ? asked?.primary === true : (before?.isPrimary ?? false),
    };
  };
}

/** Where it is in this network; ports of a server with an address of its own are on that. */
function placed({ ip, port, targetPort }: NewPortBinding, path: string, choice: NetworkChoice) {
  const isOwn = hasOwnAddress(choice);
  const isTranslated = targetPort !== undefined && targetPort !== port;
  if (isTranslated && (isOwn || choice.networkMode === 'host')) {
    throw invalid(
      `${path}.targetPort`,
      isOwn
        ? 'A server with an address of its own is reached at the port it listens on'
        : "On the machine's own network a server is reached at the port it listens on",
    );
  }
  if (choice.networkMode === 'bridge' && ip.includes(':')) {
    throw invalid(`${path}.ip`, 'Servers in a private network are reached by IPv4 addresses only');
  }
  return {
    ip: isOwn && choice.staticIp !== null ? choice.staticIp : (canonicalAddress(ip) ?? ip),
    port,
    targetPort,
    path: `${path}.port`,
  };
}

function freeName(taken: ReadonlySet<string>): string {
  let count = 1;
  while (taken.has(`port-${count}`)) count += 1;
  return `port-${count}`;
}

function invalid(path: string, message: string): AppError {
  return new AppError('invalid_input', message, { issues: [{ path, message }] });
}
