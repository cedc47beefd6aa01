import { describe, expect, it } from 'vitest';
import { openEscapes } from './runc-escapes.ts';

const of2024 = ['CVE-2024-21626'];
const of2025 = ['CVE-2025-31133', 'CVE-2025-52565', 'CVE-2025-52881'];
const all = [...of2024, ...of2025];

describe('ways out of a container that runc leaves open', () => {
  it.each([
    ['1.0.0-rc93', all],
    ['1.1.5+ds1', all],
    ['1.1.11', all],
    ['1.1.12', of2025],
    ['1.1.15+ds1', of2025],
    ['1.2.7', of2025],
    ['1.2.8', []],
    ['1.2.10', []],
    ['1.3.0', of2025],
    ['1.3.2', of2025],
    ['1.3.3', []],
    ['1.3.6+ds1', []],
    ['1.4.0-rc.2', of2025],
    ['1.4.0~rc.2+ds1', of2025],
    ['1.4.0-rc.3', []],
    ['1.4.0', []],
    ['1.10.0', []],
    ['2.0.0', []],
    ['unknown', []],
  ])('are known of release %s', (release, open) => {
    expect(openEscapes(`runc version ${release}\ncommit: v9.9.9\nspec: 1.0.2-dev\n`, null)).toEqual(open);
  });

  it('are closed by revisions of a distribution, whose changelog names them', () => {
    const revision = (number: string, ...closed: string[]) =>
      `runc (${number}) bookworm-security; urgency=high\n\n${closed.map((name) => `  * ${name}: fixed\n`).join('')}\n`;
    const first = revision('1.1.5+ds1-1+deb12u1', ...of2024);
    expect(openEscapes('runc version 1.1.5+ds1', first)).toEqual(of2025);
    const second = revision('1.1.5+ds1-1+deb12u2', ...of2025) + first;
    expect(openEscapes('runc version 1.1.5+ds1', second)).toEqual([]);
  });

  it('are not closed by the changelog of another runc than the one that runs', () => {
    const changelog = `runc (1.3.3-0ubuntu1) noble; urgency=high\n\n  * ${all.join(', ')}\n`;
    expect(openEscapes('runc version 1.1.4', changelog)).toEqual(all);
  });
});
