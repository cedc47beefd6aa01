import { NewRegistry, type Registry, RegistryChanges } from '@catalyst/shared/features/registries';
import { isLoopbackRegistry } from '@catalyst/shared/features/registry-names';
import type { z } from 'zod';
import { validateWith } from '../../../components/form-validation.ts';

export interface RegistryForm {
  host: string;
  plainHttp: boolean;
  username: string;
  password: string;
}

export function registryFormOf(registry?: Registry): RegistryForm {
  const { host = '', plainHttp = false, username } = registry ?? {};
  return { host, plainHttp, username: username ?? '', password: '' };
}

/** It is each node itself, and there is no choice about TLS. */
export const isOnNode = ({ host }: RegistryForm) => isLoopbackRegistry(host.trim().toLowerCase());

/** Without a login unless there is something of one. */
export function newRegistry(form: RegistryForm): z.input<typeof NewRegistry> {
  const { host, plainHttp, username, password } = form;
  return { host, plainHttp, ...(username !== '' && { username }), ...(password !== '' && { password }) };
}

/** A password that is left empty stays, as long as there is a user name. */
export function registryChanges(form: RegistryForm): z.input<typeof RegistryChanges> {
  const { plainHttp, username, password } = form;
  return { plainHttp, username: username === '' ? null : username, ...(password !== '' && { password }) };
}

export const newRegistryIssues = (form: RegistryForm) => validateWith(NewRegistry)({ ...newRegistry(form) });
export const registryChangesIssues = (form: RegistryForm) =>
  validateWith(RegistryChanges)({ ...registryChanges(form) });
