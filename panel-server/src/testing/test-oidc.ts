import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export interface TestOidc {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Who signs in next at the provider, and what it says of him. */
  person: Record<string, unknown> & { sub: string };
  /** As a browser that goes to the provider, signs in there, and is sent back: the query it comes back with. */
  visit(url: string): Promise<string>;
  close(): Promise<void>;
}

/** A real OpenID provider on the loopback, whose only page signs the next person in. */
export async function startOidc(redirectUris: string[]): Promise<TestOidc> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clientId = 'catalyst';
  const clientSecret = 'oidc-secret-canary-0123456789';
  const people = new Map<string, TestOidc['person']>();
  const signingKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const seconds = { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 };
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...signingKey, alg: 'RS256', use: 'sig' }] },
    ttl: seconds,
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: redirectUris }],
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'preferred_username'],
      groups: ['groups'],
    },
    scopes: ['openid', 'email', 'profile', 'groups'],
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['a key of the tests'] },
    pkce: { required: () => true },
    interactions: { url: (_ctx: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_ctx: unknown, id: string) => ({
      accountId: id,
      claims: () => people.get(id) ?? { sub: id },
    }),
  });
  const callback = provider.callback();
  server.on('request', async (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return callback(request, response);
    try {
      const { prompt, params, session } = await provider.interactionDetails(request, response);
      if (prompt.name === 'login') {
        people.set(oidc.person.sub, oidc.person);
        const login = { accountId: oidc.person.sub };
        await provider.interactionFinished(request, response, { login });
        return;
      }
      const grant = new provider.Grant({
        accountId: session?.accountId ?? oidc.person.sub,
        clientId: String(params.client_id),
      });
      grant.addOIDCScope(String(params.scope));
      const consent = { grantId: await grant.save() };
      await provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  const oidc: TestOidc = {
    issuer,
    clientId,
    clientSecret,
    person: { sub: 'nobody' },
    async visit(start) {
      const cookies = new Map<string, string>();
      let url = start;
      for (let hops = 0; hops < 15; hops++) {
        if (!url.startsWith(issuer)) return new URL(url).search;
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
        for (const line of response.headers.getSetCookie()) {
          const [pair = ''] = line.split(';');
          const [name = '', value = ''] = [
            pair.slice(0, pair.indexOf('=')),
            pair.slice(pair.indexOf('=') + 1),
          ];
          if (value === '') cookies.delete(name);
          else cookies.set(name, value);
        }
        const location = response.headers.get('location');
        if (!location)
          throw new Error(`The provider stopped with ${response.status}: ${await response.text()}`);
        url = new URL(location, url).href;
      }
      throw new Error('The provider sends the browser round in circles');
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return oidc;
}
