import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { onTestFinished, type TestContext } from 'vitest';
import { batch, connectOutside, nft } from '../../network/testing/test-machine.ts';

/** The addresses of the machine by which another one reaches it. */
export const addresses = { ipv4: '192.0.2.1', ipv6: '2001:db8::1' };

/** How administrators close a machine: all let in what is local, what answers, and what IPv6 needs to work at all. */
export const firewalls = {
  iptables: () => xtables(''),
  'iptables-legacy': () => xtables('-legacy'),
  ufw: () => {
    // Its chains in their order, with those that refuse and log behind all others.
    for (const [program, prefix, icmp] of [
      ['iptables', 'ufw', 'icmp'],
      ['ip6tables', 'ufw6', 'icmpv6'],
    ] as const) {
      const parts = ['before', 'after', 'reject'].map((part) => `${prefix}-${part}-input`);
      restore(program, [
        ':INPUT ACCEPT [0:0]',
        ...parts.map((part) => `:${part} - [0:0]`),
        ...parts.map((part) => `-A INPUT -j ${part}`),
        `-A ${prefix}-before-input -i lo -j ACCEPT`,
        `-A ${prefix}-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
        `-A ${prefix}-before-input -p ${icmp} -j ACCEPT`,
        `-A ${prefix}-reject-input -j REJECT`,
      ]);
    }
  },
  nftables: () => {
    nft(`table inet filter {
      chain input {
        type filter hook input priority filter; policy drop;
        iif lo accept
        ct state established,related accept
        meta l4proto { icmp, ipv6-icmp } accept
      }
    }`);
  },
  'nftables with a last rule': () => {
    nft(`table inet mine {
      chain guard {
        type filter hook input priority 5; policy accept;
        iif lo accept
        ct state established,related accept
        meta l4proto { icmp, ipv6-icmp } accept
        counter reject
      }
    }`);
  },
};

export function allRules(): string {
  const programs = ['nft list ruleset', 'iptables-legacy-save', 'ip6tables-legacy-save'];
  return programs
    .map((line) => {
      const [program = '', ...args] = line.split(' ');
      return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    })
    .join('')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/packets \d+ bytes \d+/g, '')
    .replaceAll(/ \[\d+:\d+\]/g, '');
}

export function needsIptables({ skip }: Pick<TestContext, 'skip'>): void {
  if (!existsSync('/usr/sbin/iptables-legacy')) skip('The package iptables is not installed');
}

/** Another machine, over IPv4 and IPv6, and this one closed to it. */
export function closeMachine(firewall: keyof typeof firewalls): void {
  connectOutside();
  batch(`addr add ${addresses.ipv6}/64 dev wan nodad`);
  batch('addr add 2001:db8::2/64 dev wan nodad', ['-n', 'outside']);
  firewalls[firewall]();
  onTestFinished(() => {
    nft('flush ruleset');
    for (const program of ['iptables-legacy', 'ip6tables-legacy']) {
      for (const args of [['-P', 'INPUT', 'ACCEPT'], ['-P', 'FORWARD', 'ACCEPT'], ['-F'], ['-X']]) {
        execFileSync(program, args, { stdio: 'ignore' });
      }
    }
  });
}

function xtables(kind: '' | '-legacy'): void {
  for (const [program, icmp] of [
    ['iptables', 'icmp'],
    ['ip6tables', 'icmpv6'],
  ] as const) {
    restore(`${program}${kind}`, [
      ':INPUT DROP [0:0]',
      '-A INPUT -i lo -j ACCEPT',
      '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      `-A INPUT -p ${icmp} -j ACCEPT`,
    ]);
  }
}

function restore(program: string, lines: string[]): void {
  const input = ['*filter', ...lines, 'COMMIT\n'].join('\n');
  execFileSync(`${program}-restore`, { input, stdio: ['pipe', 'ignore', 'inherit'] });
}
