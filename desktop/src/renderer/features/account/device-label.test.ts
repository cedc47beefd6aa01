import { expect, it } from 'vitest';
import { deviceLabel } from './device-label.ts';

it.each([
  [{ kind: 'browser', program: 'Firefox', system: 'Windows' }, 'Firefox on Windows'],
  [{ kind: 'program', program: 'curl', system: null }, 'curl'],
  [{ kind: 'browser', program: null, system: null }, 'A browser'],
  [{ kind: 'desktop', program: null, system: 'Linux' }, 'The desktop app on Linux'],
] as const)('calls %j %s', (device, label) => expect(deviceLabel(device)).toBe(label));
