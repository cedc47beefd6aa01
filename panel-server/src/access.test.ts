import {
  grantsOf,
  type Permission,
  permissionCatalogue,
  permissions,
} from '@catalyst/shared/contract/permissions';
import { describe, expect, it } from 'vitest';
import { Caller, grantsEverywhere, grantsOnServer, isPermitted, type Person, type Place } from './access.ts';

const expiresAt = new Date(8_640_000_000_000_000);

function someone(granted: string[], more: Partial<Person> & { scopes?: string[] } = {}): Caller {
  const { scopes, ...person } = more;
  const key = scopes && { id: 'key', name: 'key', scopes: grantsOf(scopes), requestsPerMinute: null };
  return new Caller(
    {
      ...{ userId: 'u', name: 'u', email: 'u@example.com', roleId: 'r', roleName: 'r', isLockedOut: false },
      ...{ grants: grantsOf(granted), nodeIds: null },
      ...person,
    },
    { id: 'session', expiresAt, ...(key && { key }) },
  );
}

const server = (ownerId: string, subusers: Record<string, string[]> = {}): Place => ({
  nodeId: 'n1',
  ownerId,
  isSuspended: false,
  subusers: new Map(Object.entries(subusers).map(([userId, granted]) => [userId, grantsOf(granted)])),
});
const foreign = server('o');
const own = server('u');
const shared = (...granted: string[]) => server('o', { u: granted });
const n1 = new Set(['n1']);
const n2 = new Set(['n2']);

const cases: [string, Caller, Permission, Place, boolean][] = [
  ['nothing is permitted by nothing', someone([]), 'server.read', foreign, false],
  ['a role, anywhere', someone(['server.read']), 'server.read', foreign, true],
  ['a role, and nothing but what it names', someone(['server.start']), 'server.kill', foreign, false],
  ['everything', someone(['*']), 'settings.write', 'everywhere', true],
  ['all of a resource', someone(['server.*']), 'server.kill', foreign, true],
  ['all of a resource, and no other', someone(['server.*']), 'console.read', foreign, false],
  ['what another implies', someone(['admin.read']), 'user.read', 'everywhere', true],
  ['and no more than that', someone(['admin.read']), 'user.write', 'everywhere', false],
  ['owning', someone([]), 'console.write', own, true],
  ['owning gives no limits', someone([]), 'server.limits', own, false],
  ['owning gives no suspension', someone([]), 'server.suspend', own, false],
  ['owning one is not owning another', someone([]), 'console.read', foreign, false],
  ['what was given', someone([]), 'console.read', shared('server.read', 'console.read'), true],
  ['what was not given', someone([]), 'console.write', shared('server.read', 'console.read'), false],
  [
    'given is not held elsewhere',
    someone([]),
    'console.read',
    server('o', { other: ['console.read'] }),
    false,
  ],
  ['a global right cannot be given', someone([]), 'user.write', shared('user.write'), false],
  ['a right on nodes cannot be given', someone([]), 'server.limits', shared('server.limits'), false],
  [
    'a limited role, on its node',
    someone(['node.update'], { nodeIds: n1 }),
    'node.update',
    { nodeId: 'n1' },
    true,
  ],
  ['a limited role, elsewhere', someone(['*'], { nodeIds: n2 }), 'node.update', { nodeId: 'n1' }, false],
  ['a limited role, on servers of its node', someone(['*'], { nodeIds: n1 }), 'server.kill', foreign, true],
  ['a limited role, on servers elsewhere', someone(['*'], { nodeIds: n2 }), 'server.kill', foreign, false],
  ['a limited role, for all there is', someone(['*'], { nodeIds: n1 }), 'server.read', 'everywhere', false],
  ['a limited role, for some nodes', someone(['*'], { nodeIds: n1 }), 'server.create', 'some-nodes', true],
  ['a role limited to nothing', someone(['*'], { nodeIds: new Set() }), 'node.read', 'some-nodes', false],
  ['a limited role gives nothing global', someone(['*'], { nodeIds: n1 }), 'user.read', 'everywhere', false],
  ['nor on its node', someone(['*'], { nodeIds: n1 }), 'settings.write', { nodeId: 'n1' }, false],
  ['owning counts beside a limited role', someone(['*'], { nodeIds: n2 }), 'file.write', own, true],
  ['a key, in its scopes', someone(['*'], { scopes: ['server.read'] }), 'server.read', foreign, true],
  ['a key, beyond its scopes', someone(['*'], { scopes: ['server.read'] }), 'server.start', foreign, false],
  ['a key, beyond its owner', someone([], { scopes: ['*'] }), 'server.read', foreign, false],
  ['a key of the owner', someone([], { scopes: ['console.*'] }), 'console.read', own, true],
  ['a key of the owner, beyond its scopes', someone([], { scopes: ['console.*'] }), 'file.read', own, false],
  ['a key of whom it was given', someone([], { scopes: ['*'] }), 'file.read', shared('file.read'), true],
  ['whoever is locked out', someone(['*'], { isLockedOut: true }), 'server.read', own, false],
];

describe('a right comes from', () => {
  it.each(cases)('%s', (_title, caller, permission, place, expected) => {
    expect(isPermitted(caller, permission, place)).toBe(expected);
  });

  it('a role for each of its permissions and no other', () => {
    for (const held of permissions) {
      const entry = permissionCatalogue[held];
      const means = new Set<string>([held, ...('implies' in entry ? entry.implies : [])]);
      const caller = someone([held]);
      for (const asked of permissions) {
        expect(isPermitted(caller, asked, 'everywhere'), `${held} → ${asked}`).toBe(means.has(asked));
      }
    }
  });

  it.each([
    ['SERVER.READ'],
    ['server.read '],
    ['server.rea\u0501'],
    ['server'],
    ['**'],
    ['server.**'],
    ['__proto__'],
    ['constructor'],
    [['*'] as never],
  ])('no name but those there are: %j', (name) => {
    expect([...grantsOf([name])]).toEqual([]);
  });
});

describe('what can be handed on', () => {
  it('is what is held everywhere', () => {
    expect(grantsEverywhere(someone(['*'])).has('*')).toBe(true);
    expect(grantsEverywhere(someone(permissions)).has('*')).toBe(false);
    expect(grantsEverywhere(someone(['*'], { nodeIds: n1 })).size).toBe(0);
    const through = grantsEverywhere(someone(['*'], { scopes: ['role.write', 'server.*'] }));
    expect([through.has('*'), through.has('server.*'), through.has('server.kill')]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('on a server is what is held there', () => {
    const given = shared('server.read', 'subuser.write') as never;
    expect([...grantsOnServer(someone([]), given)]).toEqual(['server.read', 'subuser.write']);
    expect(grantsOnServer(someone([], { scopes: ['server.read'] }), own as never)).toEqual(
      new Set(['server.read']),
    );
  });
});
