import { execFile } from 'node:child_process';
import { findProgram, serverPath } from '../node/program-paths.ts';

/** How this machine gets out, as the usual programs read it. */
const proxyVariables = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'ALL_PROXY',
  'all_proxy',
];
const certificateVariables = [
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'GIT_SSL_CAINFO',
];
const npmTimeoutMs = 10_000;

/**
 * What an installation needs to download from where this machine may: its proxies, its certificate authorities, its npm
 * registry. User names and passwords in addresses are left out.
 */
export async function networkSettings(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const name of proxyVariables) {
    const value = environment[name];
    if (value) settings[name] = withoutCredentials(value);
  }
  for (const name of certificateVariables) {
    const value = environment[name];
    if (value) settings[name] = value;
  }
  return { ...settings, ...(await npmSettings(environment)) };
}

async function npmSettings(environment: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const program = findProgram('npm', serverPath(environment));
  if (program === null) return {};
  const output = await run(program, ['config', 'get', 'registry', 'cafile']);
  const settings: Record<string, string> = {};
  for (const line of output.split('\n')) {
    const [, name, value] = /^(registry|cafile)\s*=\s*(\S+)$/.exec(line.trim()) ?? [];
    if (name && value && value !== 'null' && value !== 'undefined') {
      settings[`npm_config_${name}`] = name === 'registry' ? withoutCredentials(value) : value;
    }
  }
  return settings;
}

function withoutCredentials(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/@\s]*@/i, '$1');
}

/** An npm that cannot answer has no settings. */
function run(program: string, args: string[]): Promise<string> {
  return new Promise((resolve) => {
    const options = { timeout: npmTimeoutMs, cwd: '/', shell: process.platform === 'win32' };
    execFile(program, args, options, (_error, stdout) => resolve(stdout));
  });
}
