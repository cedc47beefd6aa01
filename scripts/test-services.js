import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** What tests start for real, where it is when it is there, and the Debian package it comes from. */
const services = [
  {
    name: 'Chromium',
    packages: ['chromium', 'fonts-dejavu-core'],
    files: ['/usr/bin/chromium', '/usr/bin/chromium-browser'],
  },
  { name: 'PostgreSQL', packages: ['postgresql'], files: ['/usr/lib/postgresql/*/bin/initdb'] },
  { name: 'Redis', packages: ['redis-server'], files: ['/usr/bin/redis-server'] },
  { name: 'OpenTTD', packages: ['openttd', 'openttd-opengfx'], files: ['/usr/games/openttd'] },
  { name: 'Luanti', packages: ['minetest-server'], files: ['/usr/games/minetestserver'] },
  { name: 'Teeworlds', packages: ['teeworlds-server'], files: ['/usr/games/teeworlds-server'] },
  { name: 'BZFlag', packages: ['bzflag-server'], files: ['/usr/games/bzfs'] },
  {
    name: 'Armagetron Advanced',
    packages: ['armagetronad-dedicated'],
    files: ['/usr/games/armagetronad-dedicated.real'],
  },
  { name: 'Battle for Wesnoth', packages: ['wesnoth-1.16-server'], files: ['/usr/games/wesnothd-1.16'] },
  { name: 'Mumble', packages: ['mumble-server'], files: ['/usr/sbin/murmurd'] },
  { name: 'Freeciv', packages: ['freeciv-server'], files: ['/usr/games/freeciv-server'] },
  {
    name: 'containerd',
    packages: ['containerd'],
    files: ['/usr/bin/containerd', '/usr/local/bin/containerd'],
  },
  { name: 'runc', packages: ['runc'], files: ['/usr/sbin/runc', '/usr/bin/runc', '/usr/local/sbin/runc'] },
  {
    name: 'CNI plugins',
    packages: ['containernetworking-plugins'],
    files: ['/usr/lib/cni/bridge', '/opt/cni/bin/bridge'],
  },
  { name: 'nftables', packages: ['nftables'], files: ['/usr/sbin/nft'] },
  { name: 'iptables', packages: ['iptables'], files: ['/usr/sbin/iptables-legacy', '/sbin/iptables-legacy'] },
  { name: 'iproute2', packages: ['iproute2'], files: ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip'] },
  { name: 'a registry of images', packages: ['docker-registry'], files: ['/usr/bin/docker-registry'] },
  { name: 'OpenSSL', packages: ['openssl'], files: ['/usr/bin/openssl'] },
  { name: "OpenSSH's clients", packages: ['openssh-client'], files: ['/usr/bin/sftp'] },
  { name: 'sshfs', packages: ['sshfs'], files: ['/usr/bin/sshfs'] },
  { name: 'rsync', packages: ['rsync'], files: ['/usr/bin/rsync'] },
  { name: 'rclone', packages: ['rclone'], files: ['/usr/bin/rclone'] },
  { name: 'debootstrap', packages: ['debootstrap'], files: ['/usr/sbin/debootstrap'] },
  { name: 'zip', packages: ['zip'], files: ['/usr/bin/zip'] },
  { name: 'unzip', packages: ['unzip'], files: ['/usr/bin/unzip'] },
  { name: 'zstd', packages: ['zstd'], files: ['/usr/bin/zstd'] },
  // Not any busybox: in an image it has no libraries.
  { name: 'busybox', packages: ['busybox-static'], files: ['/usr/share/doc/busybox-static'] },
];

/** Installs what is missing in one go, as root on Debian; elsewhere says what will be skipped. */
export function installServices() {
  const missing = services.filter(({ files }) => files.every((file) => globSync(file).length === 0));
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  if (process.getuid?.() !== 0 || !isDebian()) {
    console.error(`Not installed, so the tests that need them are skipped: ${names}`);
    return;
  }
  console.error(`Installing what the tests start for real: ${names} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const packages = missing.flatMap((service) => service.packages);
  withoutStarting(() => {
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
      execFileSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env });
    }
  });
}

/** Debian starts a service when it installs it, unless this file says no; tests start their own. */
function withoutStarting(install) {
  const policy = '/usr/sbin/policy-rc.d';
  // The machine has an opinion already.
  if (existsSync(policy)) return install();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    rmSync(policy, { force: true });
  }
}

function isDebian() {
  return (
    existsSync('/etc/os-release') && /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'))
  );
}
