import { expect, it } from 'vitest';
import { changesOf, formOf, type Settings, toFields, validate } from './sign-in-form.ts';

const settings: Settings = {
  registration: { mode: 'invite', domains: [] },
  publicUrl: null,
  passwords: { minLength: 10, breachApiUrl: null },
  suspendedDeletion: 'administrators',
  uploadLimitMb: 100,
  allowedNetworks: [],
  isPublicUrlFixed: false,
  linkBase: 'https://panel.example.org',
};
const form = formOf(settings);

it('asks for nothing when nothing differs', () => {
  expect(changesOf(settings, form)).toEqual({});
});

it('sends only the part that was changed, whole', () => {
  expect(changesOf(settings, { ...form, mode: 'domain', domains: ['example.org'] })).toEqual({
    registration: { mode: 'domain', domains: ['example.org'] },
  });
  expect(changesOf(settings, { ...form, publicUrl: ' https://a.example ' })).toEqual({
    publicUrl: 'https://a.example',
  });
});

it('clears what is left empty', () => {
  const before = { ...settings, publicUrl: 'https://a.example' };
  expect(changesOf(before, { ...formOf(before), publicUrl: '' })).toEqual({ publicUrl: null });
});

it('marks the fields that the panel would refuse', () => {
  expect(validate(form)).toEqual({});
  const issues = validate({
    ...form,
    mode: 'domain',
    minLength: 4,
    breachApiUrl: 'nowhere',
    publicUrl: 'https://a.example/folder',
    allowedNetworks: ['10.0.0.0/64'],
  });
  expect(Object.keys(issues).sort()).toEqual([
    'allowedNetworks',
    'breachApiUrl',
    'domains',
    'minLength',
    'publicUrl',
  ]);
});

it('finds the field of an issue in a part of the settings', () => {
  expect(toFields({ 'passwords.minLength': 'a', 'registration.domains.0': 'b', publicUrl: 'c' })).toEqual({
    minLength: 'a',
    domains: 'b',
    publicUrl: 'c',
  });
});
