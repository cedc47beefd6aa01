import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';

/** What tests start for real, where it is when it is there, and the Debian package it comes from. */
const services = [
  {
    name: 'Chromium',
    packages: ['chromium', 'fonts-dejavu-core'],
    files: ['/usr/bin/chromium', '/usr/bin/chromium-browser'],
  },
  { name: 'PostgreSQL', packages: ['postgresql'], files: ['/usr/lib/postgresql/*/bin/initdb'] },
  { name: 'OpenTTD', packages: ['openttd', 'openttd-opengfx'], files: ['/usr/games/openttd'] },
  { name: 'Luanti', packages: ['minetest-server'], files: ['/usr/games/minetestserver'] },
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
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    execFileSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env });
  }
}

function isDebian() {
  return (
    existsSync('/etc/os-release') && /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'))
  );
}
