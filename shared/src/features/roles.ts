import { z } from 'zod';
import { type PermissionPattern, permissionPatterns } from '../contract/permissions.ts';
import { NoContent, route } from '../contract/route.ts';
import { displayText, Id, PageQuery, pageOf, Timestamp } from '../contract/values.ts';

/** A right by its name, `server.*` for all of a resource, or `*` for all there are. */
export const PermissionName = z
  .enum(permissionPatterns as [PermissionPattern, ...PermissionPattern[]], 'is not a permission')
  .meta({ id: 'PermissionName' });

/** Each once. */
const PermissionNames = z
  .array(PermissionName)
  .max(permissionPatterns.length)
  .refine((names) => new Set(names).size === names.length, 'must name each permission once');

export const Role = z
  .object({
    id: Id,
    name: z.string(),
    /** Roles that always exist; the administrator's cannot be changed. */
    builtIn: z.enum(['administrator', 'user']).nullable(),
    permissions: z.array(z.string()),
    /** The nodes it is limited to: its permissions count for them and the servers on them only. Null: everywhere. */
    nodeIds: z.array(Id).nullable(),
    userCount: z.int(),
    createdAt: Timestamp,
  })
  .meta({ id: 'Role' });
export type Role = z.output<typeof Role>;

const roleFields = {
  name: displayText(60),
  permissions: PermissionNames,
  nodeIds: z
    .array(Id)
    .max(1000)
    .refine((ids) => new Set(ids).size === ids.length, 'must name each node once')
    .nullable(),
};
export const NewRole = z
  .strictObject({ ...roleFields, nodeIds: roleFields.nodeIds.default(null) })
  .meta({ id: 'NewRole' });
export const RoleChanges = z.strictObject(roleFields).partial().meta({ id: 'RoleChanges' });

const RoleParams = z.strictObject({ id: Id });

export const roleRoutes = {
  list: route({
    method: 'GET',
    url: '/api/admin/roles',
    config: { permission: 'role.read' },
    schema: {
      summary: 'The roles that users can have',
      tags: ['Roles'],
      querystring: PageQuery.extend({ cursor: Id.optional() }),
      response: { 200: pageOf(Role) },
    },
  }),
  create: route({
    method: 'POST',
    url: '/api/admin/roles',
    config: { permission: 'role.write', audit: 'role.create' },
    schema: {
      summary: 'Create a role; nobody grants more than he holds',
      tags: ['Roles'],
      body: NewRole,
      response: { 201: Role },
    },
  }),
  get: route({
    method: 'GET',
    url: '/api/admin/roles/:id',
    config: { permission: 'role.read' },
    schema: { summary: 'One role', tags: ['Roles'], params: RoleParams, response: { 200: Role } },
  }),
  update: route({
    method: 'PUT',
    url: '/api/admin/roles/:id',
    config: { permission: 'role.write', audit: 'role.update' },
    schema: {
      summary: 'Change a role; felt at once by everyone who has it',
      tags: ['Roles'],
      params: RoleParams,
      body: RoleChanges,
      response: { 200: Role },
    },
  }),
  delete: route({
    method: 'DELETE',
    url: '/api/admin/roles/:id',
    config: { permission: 'role.write', audit: 'role.delete' },
    schema: {
      summary: 'Delete a role that nobody has',
      tags: ['Roles'],
      params: RoleParams,
      response: { 204: NoContent },
    },
  }),
};
