import { expect, it, vi } from 'vitest';
import { sentenceOfRefusal, supportsPasskeys } from './passkey.ts';
import { strings } from './strings.ts';

const browser = (isSecure: boolean, ...methods: string[]) => {
  vi.stubGlobal('isSecureContext', isSecure);
  const PublicKeyCredential = Object.assign(
    function credential() {},
    Object.fromEntries(methods.map((name) => [name, () => {}])),
  );
  vi.stubGlobal('PublicKeyCredential', PublicKeyCredential);
};
const both = ['parseRequestOptionsFromJSON', 'parseCreationOptionsFromJSON'];

it('offers passkeys only over a safe connection to a browser that speaks their JSON', () => {
  browser(true, ...both);
  expect(supportsPasskeys('panel.example.org')).toBe(true);
  browser(false, ...both);
  expect(supportsPasskeys('panel.example.org')).toBe(false);
  browser(true, 'parseRequestOptionsFromJSON');
  expect(supportsPasskeys('panel.example.org')).toBe(false);
  browser(true, ...both);
  expect(supportsPasskeys('192.168.1.4')).toBe(false);
  expect(supportsPasskeys('[::1]')).toBe(false);
  expect(supportsPasskeys('localhost')).toBe(true);
  vi.stubGlobal('PublicKeyCredential', undefined);
  expect(supportsPasskeys('panel.example.org')).toBe(false);
});

it.each([
  ['NotAllowedError', strings.passkeyCancelled],
  ['InvalidStateError', strings.passkeyKnown],
  ['SecurityError', strings.passkeyOtherHost],
  ['UnknownError', strings.passkeyFailed],
])('says in words what %s means', (name, sentence) =>
  expect(sentenceOfRefusal(new DOMException('', name))).toBe(sentence),
);
