import { z } from 'zod';
import { type Permission, serverPermissions } from '../contract/permissions.ts';
import { NoContent, route } from '../contract/route.ts';
import { Id, PageQuery, pageOf, Timestamp } from '../contract/values.ts';
import { ServerParams } from './servers.ts';
import { Email, UserReference } from './users.ts';

const watching = ['server.read', 'console.read', 'file.read', 'metric.read', 'allocation.read'] as const;
const operating = [...watching, 'server.start', 'server.stop', 'server.restart', 'console.write'] as const;
const powerful = [
  ...operating,
  ...(['server.kill', 'server.update', 'file.write', 'file.delete'] as const),
  ...(['backup.read', 'backup.create', 'task.read', 'task.create', 'task.update', 'task.execute'] as const),
  ...(['task.delete', 'database.read'] as const),
] as const;

/** Sets of rights to begin with when somebody is given access to a server. */
export const subuserPresets = {
  viewer: { name: 'Viewer', description: 'Looks, and changes nothing', permissions: watching },
  operator: { name: 'Operator', description: 'Starts, stops and uses the console', permissions: operating },
  powerUser: {
    name: 'Power user',
    description: 'Also changes files, settings, backups and schedules',
    permissions: powerful,
  },
  manager: {
    name: 'Manager',
    description: 'Everything but deleting the server',
    permissions: serverPermissions.filter((name) => name !== 'server.delete'),
  },
} as const satisfies Record<
  string,
  { name: string; description: string; permissions: readonly Permission[] }
>;

/** Rights on one server. Whoever has any may see it: `server.read` is always among them. */
export const ServerPermissions = z
  .array(z.enum(serverPermissions as [Permission, ...Permission[]], 'is not a permission on a server'))
  .max(serverPermissions.length)
  .refine((names) => new Set(names).size === names.length, 'must name each permission once')
  .overwrite((names) => (names.includes('server.read') ? names : ['server.read', ...names]));

/** Somebody with access to a server that is not his. */
export const Subuser = z
  .object({
    user: UserReference.extend({ email: z.string(), displayName: z.string().nullable() }),
    permissions: z.array(z.string()),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'Subuser' });
export type Subuser = z.output<typeof Subuser>;

export const NewSubuser = z
  .strictObject({
    /** Whom it is for: only the account with this address can accept. Left out: whoever has the link. */
    email: Email.optional(),
    permissions: ServerPermissions,
  })
  .meta({ id: 'NewSubuser' });
export const SubuserChanges = z
  .strictObject({ permissions: ServerPermissions })
  .meta({ id: 'SubuserChanges' });

/** Access that was offered and not accepted yet. */
export const ServerInvite = z
  .object({
    id: Id,
    email: z.string().nullable(),
    permissions: z.array(z.string()),
    invitedBy: UserReference,
    createdAt: Timestamp,
    expiresAt: Timestamp,
  })
  .meta({ id: 'ServerInvite' });
export type ServerInvite = z.output<typeof ServerInvite>;

/** `token` and `url` are told this once. */
export const NewServerInvite = ServerInvite.extend({ token: z.string(), url: z.string() }).meta({
  id: 'NewServerInvite',
});

/** What somebody sees who follows the link of an invite. */
export const InvitePreview = z
  .object({
    server: z.object({ name: z.string() }),
    invitedBy: z.object({ name: z.string() }),
    /** Whether it is for one e-mail address only. */
    isPersonal: z.boolean(),
    permissions: z.array(z.string()),
    expiresAt: Timestamp,
  })
  .meta({ id: 'InvitePreview' });
export type InvitePreview = z.output<typeof InvitePreview>;

const SubuserParams = z.strictObject({ id: Id, userId: Id });
const InviteParams = z.strictObject({ token: z.string().max(128) });

export const subuserRoutes = {
  list: route({
    method: 'GET',
    url: '/api/servers/:id/subusers',
    config: { permission: 'subuser.read', onServer: true },
    schema: {
      summary: 'Who has access to a server, beside its owner',
      tags: ['Sharing'],
      params: ServerParams,
      querystring: PageQuery.extend({ cursor: Id.optional() }),
      response: { 200: pageOf(Subuser) },
    },
  }),
  invite: route({
    method: 'POST',
    url: '/api/servers/:id/subusers',
    config: { permission: 'subuser.write', audit: 'subuser.invite', onServer: true },
    schema: {
      summary: 'Invite somebody to a server, for 7 days and one use; nobody gives more than he holds',
      tags: ['Sharing'],
      params: ServerParams,
      body: NewSubuser,
      response: { 201: NewServerInvite },
    },
  }),
  update: route({
    method: 'PUT',
    url: '/api/servers/:id/subusers/:userId',
    config: { permission: 'subuser.write', audit: 'subuser.update', onServer: true },
    schema: {
      summary: 'Change what somebody may do on a server; felt at once',
      tags: ['Sharing'],
      params: SubuserParams,
      body: SubuserChanges,
      response: { 200: Subuser },
    },
  }),
  remove: route({
    method: 'DELETE',
    url: '/api/servers/:id/subusers/:userId',
    config: { permission: 'subuser.delete', audit: 'subuser.remove', onServer: true },
    schema: {
      summary: "Take somebody's access to a server away",
      tags: ['Sharing'],
      params: SubuserParams,
      response: { 204: NoContent },
    },
  }),
  leave: route({
    method: 'POST',
    url: '/api/servers/:id/leave',
    config: { permission: 'signed-in', audit: 'subuser.leave', onServer: true },
    schema: {
      summary: 'Give up the access that one was given to a server',
      tags: ['Sharing'],
      params: ServerParams,
      response: { 204: NoContent },
    },
  }),
  invites: route({
    method: 'GET',
    url: '/api/servers/:id/invites',
    config: { permission: 'subuser.read', onServer: true },
    schema: {
      summary: 'Invites to a server that nobody accepted yet',
      tags: ['Sharing'],
      params: ServerParams,
      querystring: PageQuery.extend({ cursor: Id.optional() }),
      response: { 200: pageOf(ServerInvite) },
    },
  }),
  revokeInvite: route({
    method: 'DELETE',
    url: '/api/servers/:id/invites/:inviteId',
    config: { permission: 'subuser.delete', audit: 'subuser.revoke-invite', onServer: true },
    schema: {
      summary: 'Take an invite back',
      tags: ['Sharing'],
      params: z.strictObject({ id: Id, inviteId: Id }),
      response: { 204: NoContent },
    },
  }),
  previewInvite: route({
    method: 'GET',
    url: '/api/invites/:token',
    config: { permission: 'public' },
    schema: {
      summary: 'What an invite is about; used, expired and unknown ones are the same `not_found`',
      tags: ['Sharing'],
      params: InviteParams,
      response: { 200: InvitePreview },
    },
  }),
  acceptInvite: route({
    method: 'POST',
    url: '/api/invites/:token/accept',
    config: { permission: 'signed-in', audit: 'subuser.accept', notForKeys: true },
    schema: {
      summary: 'Accept an invite: gives what the inviter holds now, of what was offered',
      tags: ['Sharing'],
      params: InviteParams,
      response: { 200: z.object({ serverId: Id, permissions: z.array(z.string()) }) },
    },
  }),
  transferOwnership: route({
    method: 'POST',
    url: '/api/servers/:id/transfer-ownership',
    config: {
      permission: 'signed-in',
      audit: 'server.transfer-ownership',
      onServer: true,
      notForKeys: true,
      recentlyAuthenticated: true,
    },
    schema: {
      summary: 'Make somebody else the owner; the old one loses all rights that owning it gave him',
      tags: ['Sharing'],
      params: ServerParams,
      body: z
        .strictObject({
          /** An owner names one of the subusers; `server.change-owner` allows any user. */
          userId: Id,
        })
        .meta({ id: 'NewOwner' }),
      response: { 200: z.object({ owner: UserReference }) },
    },
  }),
};
