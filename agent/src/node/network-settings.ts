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

/**
 * What an installation needs to download from where this machine may: its proxies and its certificate authorities. User
 * names and passwords in addresses are left out.
 */
export function networkSettings(environment: NodeJS.ProcessEnv): Record<string, string> {
  const settings = proxySettings(environment);
  for (const name of certificateVariables) {
    const value = environment[name];
    if (value) settings[name] = value;
  }
  return settings;
}

/** The part of it that also holds where the machine's files are not to be seen. */
export function proxySettings(environment: NodeJS.ProcessEnv): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const name of proxyVariables) {
    const value = environment[name];
    if (value) settings[name] = withoutCredentials(value);
  }
  return settings;
}

/** User names and passwords in an address are nothing for a server. */
export function withoutCredentials(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/@\s]*@/i, '$1');
}
