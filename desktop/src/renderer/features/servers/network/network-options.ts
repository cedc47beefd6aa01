import type { NodeNetwork } from '@catalyst/shared/features/networks';
import type { RuntimeName } from '@catalyst/shared/features/server-spec';
import { addressIssue, firstFreeAddress } from '@catalyst/shared/features/subnets';
import { asSentence } from '../../../api/errors.ts';
import type { PortSurroundings } from './port-row.ts';
import { strings } from './strings.ts';

/** How a server is, or is to be, attached. */
export interface NetworkEdit {
  networkMode: string;
  staticIp: string;
}

export interface NetworkOption {
  value: string;
  label: string;
  hint: string;
  /** Where servers have addresses of their own. */
  subnet: { subnet: string; gateway: string | null } | null;
  /** How many addresses its pools can give; null where an address has to be named. */
  freeInPools: number | null;
}

export const usualMode = (runtime: RuntimeName) => (runtime === 'containerd' ? 'bridge' : 'host');

/** What can be chosen; the machine's own network only by those who may, or where it is chosen already. */
export function networkOptions(
  networks: readonly NodeNetwork[],
  { current, mayHost }: { current: string; mayHost: boolean },
): NetworkOption[] {
  const builtIn = (['bridge', 'host'] as const).filter(
    (mode) => mode !== 'host' || mayHost || current === mode,
  );
  const options: NetworkOption[] = [
    ...builtIn.map((mode) => ({
      ...{ value: mode, label: strings.modes[mode], hint: strings.modeHints[mode], subnet: null },
      freeInPools: null,
    })),
    ...networks.map(({ name, kind, subnet, gateway, freeInPools }) => ({
      value: name,
      label: subnet ? `${name} (${subnet})` : name,
      hint: subnet ? strings.modeHints.own : strings.modeHints[kind === 'cni' ? 'cni' : 'own'],
      subnet: subnet === null ? null : { subnet, gateway },
      freeInPools,
    })),
  ];
  // A network that cannot be read is named all the same.
  if (options.some(({ value }) => value === current)) return options;
  return [...options, { value: current, label: current, hint: '', subnet: null, freeInPools: null }];
}

export function surroundingsOf(option: NetworkOption | undefined): PortSurroundings {
  const isOwnAddress = option?.subnet != null;
  return { isOwnAddress, isTranslating: !isOwnAddress && option?.value !== 'host' };
}

/** The network with an address that is free there, as far as is known; none where the panel takes it from a pool. */
export function enter(option: NetworkOption, networks: readonly NodeNetwork[]): NetworkEdit {
  const network = networks.find(({ name }) => name === option.value);
  const taken = (network?.addresses ?? []).map(({ address }) => address);
  const staticIp =
    option.subnet && option.freeInPools === null ? (firstFreeAddress(option.subnet, taken) ?? '') : '';
  return { networkMode: option.value, staticIp };
}

export function staticIpIssue(
  { staticIp }: NetworkEdit,
  option: NetworkOption | undefined,
): string | undefined {
  if (!option?.subnet) return;
  if (staticIp.trim() === '' && option.freeInPools !== null) return;
  if (staticIp.trim() === '') return strings.needsAddress(option.subnet.subnet);
  const issue = addressIssue(staticIp.trim(), option.subnet);
  return issue === null ? undefined : asSentence(issue);
}
