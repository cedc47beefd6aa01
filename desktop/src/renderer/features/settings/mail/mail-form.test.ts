import { expect, it } from 'vitest';
import { formOf, keepsPassword, type Settings, toBody, validate, withSecurity } from './mail-form.ts';

const settings: Settings = {
  host: 'smtp.example.org',
  port: 587,
  security: 'starttls',
  username: 'panel',
  from: 'panel@example.org',
  fromName: null,
  hasPassword: true,
};
const form = formOf(settings);

it('leaves a password that was not typed as it is', () => {
  expect(toBody(form)).toEqual({
    host: 'smtp.example.org',
    port: 587,
    security: 'starttls',
    username: 'panel',
    from: 'panel@example.org',
    fromName: null,
  });
  expect(toBody({ ...form, password: 'typed' })).toMatchObject({ password: 'typed' });
});

it('takes the password away together with the user name', () => {
  expect(toBody({ ...form, username: ' ', password: 'typed' })).toMatchObject({
    username: null,
    password: null,
  });
});

it('knows for which login the kept password counts', () => {
  expect(keepsPassword(settings, form)).toBe(true);
  expect(keepsPassword(settings, { ...form, host: 'smtp.example.com' })).toBe(false);
  expect(keepsPassword(settings, { ...form, username: 'other' })).toBe(false);
  expect(keepsPassword({ ...settings, hasPassword: false }, form)).toBe(false);
  expect(keepsPassword(null, form)).toBe(false);
});

it('moves to the usual port of an encryption unless another was chosen', () => {
  expect(withSecurity(form, 'tls').port).toBe(465);
  expect(withSecurity({ ...form, port: 2525 }, 'tls').port).toBe(2525);
});

it('says what the panel would refuse', () => {
  expect(validate(form)).toEqual({});
  expect(Object.keys(validate({ ...form, host: 'smtp://x', port: '', from: 'nobody' })).sort()).toEqual([
    'from',
    'host',
    'port',
  ]);
});
