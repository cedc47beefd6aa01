import { type IpPool, NewIpPool } from '@catalyst/shared/features/ip-pools';
import { NewPortPools, type PortPool } from '@catalyst/shared/features/port-pools';
import type { z } from 'zod';
import { validateWith } from '../../../components/form-validation.ts';
import { poolStrings as strings } from './strings.ts';

/** What the dialog of a port pool edits: everything as text. */
export interface PortPoolForm {
  ips: string;
  ports: string;
  alias: string;
  notes: string;
}

export function portPoolFormOf(pool: PortPool | undefined): PortPoolForm {
  return {
    ips: pool === undefined || pool.ip === '0.0.0.0' ? '' : pool.ip,
    ports: pool?.ports ?? '',
    alias: pool?.alias ?? '',
    notes: pool?.notes ?? '',
  };
}

export function portPoolBody({ ips, ports, alias, notes }: PortPoolForm) {
  const addresses = listed(ips);
  return {
    ...{ ips: addresses.length > 0 ? addresses : ['0.0.0.0'], ports: ports.trim(), notes },
    alias: alias.trim() || null,
  };
}

/** What the panel would refuse, by field. */
export function portPoolIssues(form: PortPoolForm, { isOne = false } = {}): Record<string, string> {
  const body = portPoolBody(form);
  const issues = firstOfLists(validateWith(NewPortPools)(body), ['ips']);
  return isOne && body.ips.length > 1 ? { ips: strings.oneAddress, ...issues } : issues;
}

/** The same of a pool of addresses. */
export interface IpPoolForm {
  networkName: string;
  cidr: string;
  startIp: string;
  endIp: string;
  reserved: string;
}

export function ipPoolFormOf(pool: IpPool | undefined, networks: readonly NetworkOfPool[]): IpPoolForm {
  return {
    networkName: pool?.networkName ?? networks[0]?.name ?? '',
    cidr: pool?.cidr ?? networks[0]?.subnet ?? '',
    startIp: pool?.startIp ?? '',
    endIp: pool?.endIp ?? '',
    reserved: pool?.reserved.join(', ') ?? '',
  };
}

interface NetworkOfPool {
  name: string;
  subnet: string | null;
}

export function ipPoolBody(form: IpPoolForm, nodeId: string): z.input<typeof NewIpPool> {
  const { networkName, cidr, startIp, endIp, reserved } = form;
  return {
    ...{ nodeId, networkName, cidr: cidr.trim(), reserved: listed(reserved) },
    ...(startIp.trim() !== '' && { startIp: startIp.trim() }),
    ...(endIp.trim() !== '' && { endIp: endIp.trim() }),
  };
}

export const ipPoolIssues = (form: IpPoolForm, nodeId: string) =>
  firstOfLists(validateWith(NewIpPool)(ipPoolBody(form, nodeId)), ['reserved']);

/** A list is one field, so what is wrong with one of it is wrong with the field. */
export function firstOfLists(
  issues: Record<string, string>,
  fields: readonly string[],
): Record<string, string> {
  const result = { ...issues };
  for (const field of fields) {
    const [, message] = Object.entries(issues).find(([path]) => path.startsWith(`${field}.`)) ?? [];
    if (message !== undefined) result[field] ??= message;
  }
  return result;
}

const listed = (text: string) => text.split(/[,;\s]+/).filter(Boolean);
