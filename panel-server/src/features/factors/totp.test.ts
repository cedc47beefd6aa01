import { describe, expect, it } from 'vitest';
import { base32, matchingTotpStep, newTotpSecret, otpauthUri, totpCode, totpStep } from './totp.ts';

const rfcSecret = Buffer.from('12345678901234567890');

describe('codes of an authenticator app', () => {
  // The last six digits of the values in RFC 6238, appendix B.
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('are those of the RFC at second %d', (second, code) => {
    expect(totpCode(rfcSecret, totpStep(second * 1000))).toBe(code);
  });

  it('fit one step to either side and no further', () => {
    const now = 1_700_000_000_000;
    const step = totpStep(now);
    const offsets = [-2, -1, 0, 1, 2].map((offset) =>
      matchingTotpStep(rfcSecret, totpCode(rfcSecret, step + offset), now),
    );
    expect(offsets).toEqual([undefined, step - 1, step, step + 1, undefined]);
    expect(matchingTotpStep(rfcSecret, '12345', now)).toBeUndefined();
  });

  it('come from secrets that are typed or scanned', () => {
    expect(base32(rfcSecret)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    expect(base32(newTotpSecret())).toMatch(/^[A-Z2-7]{32}$/);
    expect(otpauthUri(rfcSecret, 'My Panel', 'me@example.com')).toBe(
      'otpauth://totp/My%20Panel:me%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' +
        '&issuer=My%20Panel&algorithm=SHA1&digits=6&period=30',
    );
  });
});
