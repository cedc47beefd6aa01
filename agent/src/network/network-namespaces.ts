import { readdirSync, readFileSync, statSync } from 'node:fs';
import { type NetworkNames, namespaceFolder } from './network-names.ts';

/** Whether the file stands for a namespace; one that was being made or unmade is an empty file. */
export function isNamespaceMounted(path: string): boolean {
  const file = statSync(path, { throwIfNoEntry: false });
  return file !== undefined && file.dev !== statSync(namespaceFolder).dev;
}

/** Names of this agent's namespaces, half-made ones included. */
export function ownNamespaces(names: NetworkNames): string[] {
  try {
    return readdirSync(namespaceFolder).filter((name) => names.isNamespace(name));
  } catch {
    return [];
  }
}

/** Names of the host's ends of this agent's cables. */
export function ownCables(names: NetworkNames): string[] {
  return interfaceNames().filter((name) => name.startsWith(names.cablePrefix));
}

/** In the agent's own network: `/sys` may show another one. */
export function interfaceNames(): string[] {
  return readFileSync('/proc/net/dev', 'utf8')
    .split('\n')
    .slice(2)
    .map((line) => line.split(':')[0]?.trim() ?? '')
    .filter(Boolean);
}
