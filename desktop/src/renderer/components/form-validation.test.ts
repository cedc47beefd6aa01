import { Setup } from '@catalyst/shared/features/sessions';
import { expect, it } from 'vitest';
import { validateWith } from './form-validation.ts';

const validate = validateWith(Setup);

it('says nothing of a form that the panel would take', () => {
  expect(validate({ code: 'A1', email: 'a@b.example', name: 'alex', password: 'correct horse' })).toEqual({});
});

it('says one thing for each field that the panel would refuse', () => {
  expect(validate({ code: '', email: 'nobody', name: 'Alex!', password: 'short' })).toEqual({
    code: 'Fill this in',
    email: 'Must be an e-mail address',
    name: 'Must be 1 to 32 of a-z, 0-9, _ and -',
    password: 'Must have at least 10 characters',
  });
});
