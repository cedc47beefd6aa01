import type { PublishedPort } from './published-port.ts';

/** What makes one server reachable. */
export interface Publication {
  address: string;
  /**
   * A number of the server's own, from 1 to 65535. Connections to its ports are tracked under it, so that a port which
   * was closed, or another server's, is not remembered as such for clients that keep sending.
   */
  zone: number;
  ports: readonly PublishedPort[];
}

export interface RuleSetOptions {
  table: string;
  cablePrefix: string;
  subnet: string;
  /** Name servers among the machine's own addresses. */
  ownNameServers: readonly string[];
}

/** Replaces the table, in one transaction, whatever was there before. */
export function wholeRuleSet(options: RuleSetOptions, publications: Iterable<Publication>): string {
  const { table } = options;
  const elements = [...publications].flatMap((publication) => changesFor(table, 'add', publication));
  return [`table inet ${table} {}`, `delete table inet ${table}`, tableText(options), ...elements, ''].join(
    '\n',
  );
}

export function withoutRuleSet(table: string): string {
  return `table inet ${table} {}\ndelete table inet ${table}\n`;
}

export function changesFor(table: string, verb: 'add' | 'delete', publication: Publication): string[] {
  const { address, zone, ports } = publication;
  const elements = ports.flatMap(({ ip, port, protocol, targetPort }) => {
    const isAny = ip === '0.0.0.0';
    const key = isAny ? `${protocol} . ${port}` : `${ip} . ${protocol} . ${port}`;
    const [targets, zones] = isAny ? ['any', 'any_zone'] : ['given', 'given_zone'];
    return [
      [targets, `${key} : ${address} . ${targetPort}`],
      [zones, `${key} : ${zone}`],
    ];
  });
  return [['own', `${address} . ${address}`], ...elements].map(
    ([set, element]) => `${verb} element inet ${table} ${set} { ${element} }`,
  );
}

/**
 * Servers may reach the world and each other's published ports; of the machine itself only published ports, and name
 * servers that it runs for others. Nothing reaches a server but by its published ports.
 */
function tableText({ table, cablePrefix, subnet, ownNameServers }: RuleSetOptions): string {
  const cables = `"${cablePrefix}*"`;
  const nameServers =
    ownNameServers.length > 0
      ? `ip daddr { ${ownNameServers.join(', ')} } meta l4proto { tcp, udp } th dport 53 accept`
      : '';
  const destination = `
    meta nfproto ipv4 dnat ip to ip daddr . meta l4proto . th dport map @given
    meta nfproto ipv4 fib daddr type local dnat ip to meta l4proto . th dport map @any`;
  const zones = `
    meta nfproto ipv4 fib daddr type local ct original zone set meta l4proto . th dport map @any_zone
    meta nfproto ipv4 ct original zone set ip daddr . meta l4proto . th dport map @given_zone`;
  return `table inet ${table} {
  map any { type inet_proto . inet_service : ipv4_addr . inet_service; }
  map given { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
  map any_zone { typeof meta l4proto . th dport : ct zone; }
  map given_zone { typeof ip daddr . meta l4proto . th dport : ct zone; }
  set own { type ipv4_addr . ipv4_addr; }
  chain arriving {
    type filter hook prerouting priority raw; policy accept;
    iifname ${cables} ip daddr 127.0.0.0/8 drop
    iifname ${cables} meta nfproto ipv6 drop
    iifname ${cables} fib saddr . iif oif missing drop${zones}
  }
  chain sent_by_host {
    type filter hook output priority raw; policy accept;
    oifname ${cables} icmp type redirect drop${zones}
  }
  chain to_servers {
    type nat hook prerouting priority dstnat; policy accept;${destination}
  }
  chain to_servers_from_host {
    type nat hook output priority -100; policy accept;${destination}
  }
  chain sources {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${subnet} oifname != ${cables} masquerade
    oifname ${cables} ip saddr 127.0.0.0/8 masquerade
    ip saddr . ip daddr @own masquerade
  }
  chain to_host {
    type filter hook input priority filter; policy accept;
    iifname != ${cables} accept
    ct state established,related accept
    icmp type echo-request accept
    ${nameServers}
    reject
  }
  chain passing {
    type filter hook forward priority filter; policy accept;
    iifname != ${cables} oifname != ${cables} accept
    ct state established,related accept
    oifname ${cables} ct status dnat accept
    iifname != ${cables} drop
    oifname ${cables} reject
    ip daddr 169.254.0.0/16 reject
  }
}`;
}
