import { z } from 'zod';
import { NoContent, route } from '../contract/route.ts';
import { displayText, Id, Timestamp } from '../contract/values.ts';
import { ServerParams } from './servers.ts';

/** How to reach a server's files by SFTP. */
export const SftpAccess = z
  .object({
    host: z.string(),
    /** Null when the panel serves no SFTP at the moment; `problem` says why. */
    port: z.int().nullable(),
    problem: z.string().nullable(),
    /** Of the caller on this server: `name.serverId`. */
    user: z.string(),
    /** Of the panel's host key, as `ssh` shows it: `SHA256:…`. */
    hostKeyFingerprint: z.string(),
  })
  .meta({ id: 'SftpAccess' });
export type SftpAccess = z.output<typeof SftpAccess>;

/** `token` is told this once. It is a password for SFTP on this one server, as often as wanted until it expires. */
export const SftpToken = z
  .object({ token: z.string(), user: z.string(), expiresAt: Timestamp })
  .meta({ id: 'SftpToken' });
export type SftpToken = z.output<typeof SftpToken>;

export const SshKey = z
  .object({
    id: Id,
    name: z.string(),
    /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa` … */
    type: z.string(),
    /** `SHA256:…`, as `ssh-keygen -l` shows it. */
    fingerprint: z.string(),
    createdAt: Timestamp,
    lastUsedAt: Timestamp.nullable(),
  })
  .meta({ id: 'SshKey' });
export type SshKey = z.output<typeof SshKey>;

export const NewSshKey = z
  .strictObject({
    /** The key's own comment when left out. */
    name: displayText(60).optional(),
    /** A line as in `id_ed25519.pub`. */
    publicKey: z.string().trim().min(1, 'must not be empty').max(8192, 'must be at most 8192 characters'),
  })
  .meta({ id: 'NewSshKey' });

const tags = ['SFTP'];

export const sftpRoutes = {
  get: route({
    method: 'GET',
    url: '/api/servers/:id/sftp',
    config: { permission: 'file.read', onServer: true },
    schema: {
      summary: 'Where and as whom to connect by SFTP',
      tags,
      params: ServerParams,
      response: { 200: SftpAccess },
    },
  }),
  makeToken: route({
    method: 'POST',
    url: '/api/servers/:id/sftp-token',
    config: { permission: 'file.read', audit: 'sftp.make-token', onServer: true, notForKeys: true },
    schema: {
      summary: 'A password for SFTP on this server, for an hour and no longer than your session',
      tags,
      params: ServerParams,
      response: { 201: SftpToken },
    },
  }),
};

export const sshKeyRoutes = {
  list: route({
    method: 'GET',
    url: '/api/auth/ssh-keys',
    config: { permission: 'signed-in', notForKeys: true },
    schema: {
      summary: 'Your SSH keys',
      tags,
      response: { 200: z.object({ items: z.array(SshKey) }) },
    },
  }),
  add: route({
    method: 'POST',
    url: '/api/auth/ssh-keys',
    config: { permission: 'signed-in', audit: 'sshkey.add', recentlyAuthenticated: true, notForKeys: true },
    schema: {
      summary: 'Let the owner of a key in by SFTP, as you',
      tags,
      body: NewSshKey,
      response: { 201: SshKey },
    },
  }),
  remove: route({
    method: 'DELETE',
    url: '/api/auth/ssh-keys/:id',
    config: { permission: 'signed-in', audit: 'sshkey.remove', notForKeys: true },
    schema: {
      summary: 'Take a key back; whoever is connected with it is cut off',
      tags,
      params: z.strictObject({ id: Id }),
      response: { 204: NoContent },
    },
  }),
};
