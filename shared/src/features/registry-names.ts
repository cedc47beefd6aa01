const dockerHub = 'docker.io';
/** Other names of Docker's own registry; the last is where its API really is. */
const dockerHubNames = [dockerHub, 'index.docker.io', 'registry-1.docker.io'];

/** One spelling for each registry. Docker's command line keeps its own as `https://index.docker.io/v1/`. */
export function canonicalRegistry(text: string): string {
  const host = text
    .toLowerCase()
    .replace(/^https:\/\//, '')
    .replace(/\/(v[12]\/?)?$/, '');
  return dockerHubNames.includes(host) ? dockerHub : host;
}

/** The registry that an image's name leads to. Agents parse names strictly and have the last word on who gets a login. */
export function registryOf(reference: string): string {
  const slash = reference.indexOf('/');
  const first = slash < 0 ? '' : reference.slice(0, slash);
  const isRegistry = first === 'localhost' || /[.:A-Z]/.test(first);
  return isRegistry ? canonicalRegistry(first) : dockerHub;
}

/** On the machine itself. There nobody listens in between, so it is spoken to without TLS. */
export function isLoopbackRegistry(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+)(:\d+)?$/.test(host);
}
