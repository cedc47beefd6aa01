import { PanelSettingChanges, type PanelSettings } from '@catalyst/shared/features/settings';
import type { z } from 'zod';
import { validateWith } from '../../../components/form-validation.ts';
import { strings } from './strings.ts';

export type Settings = z.output<typeof PanelSettings>;

export interface SignInForm {
  mode: Settings['registration']['mode'];
  domains: string[];
  minLength: number | string;
  breachApiUrl: string;
  publicUrl: string;
  allowedNetworks: string[];
}

export const formOf = (settings: Settings): SignInForm => ({
  mode: settings.registration.mode,
  domains: settings.registration.domains,
  minLength: settings.passwords.minLength,
  breachApiUrl: settings.passwords.breachApiUrl ?? '',
  publicUrl: settings.publicUrl ?? '',
  allowedNetworks: settings.allowedNetworks,
});

/** What is asked of the panel: only the parts that differ, so that another's change meanwhile stays. */
export function changesOf(before: Settings, form: SignInForm): z.input<typeof PanelSettingChanges> {
  const bodies = partsOf(form);
  const unchanged = partsOf(formOf(before));
  const changed = Object.entries(bodies).filter(
    ([part, value]) => JSON.stringify(value) !== JSON.stringify(unchanged[part as keyof typeof bodies]),
  );
  return Object.fromEntries(changed);
}

function partsOf(form: SignInForm) {
  return {
    registration: { mode: form.mode, domains: form.domains },
    passwords: { minLength: form.minLength as number, breachApiUrl: form.breachApiUrl.trim() || null },
    publicUrl: form.publicUrl.trim() || null,
    allowedNetworks: form.allowedNetworks,
  };
}

/** Issues by the form's own fields, whatever part of the settings they are in. */
export function toFields(issues: Record<string, string>): Record<string, string> {
  const entries = Object.entries(issues).map(([path, message]) => {
    const [first = '', second] = path.split('.');
    const isPart = first === 'registration' || first === 'passwords';
    return [isPart && second ? second : first, message] as const;
  });
  return Object.fromEntries(entries);
}

export function validate(form: SignInForm): Record<string, string> {
  const issues = toFields(validateWith(PanelSettingChanges)(partsOf(form)));
  if (issues.breachApiUrl) issues.breachApiUrl = strings.breachApiInvalid;
  if (form.mode === 'domain' && form.domains.length === 0) issues.domains ??= strings.domainsMissing;
  return issues;
}
