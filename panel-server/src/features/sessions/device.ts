interface Device {
  kind: 'browser' | 'desktop' | 'program';
  program: string | null;
  system: string | null;
}

/** The first that fits; browsers name those they descend from as well. */
const browsers: [RegExp, string][] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\b(OPR|Opera)\//, 'Opera'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const systems: [RegExp, string][] = [
  [/\bAndroid\b/, 'Android'],
  [/\b(iPhone|iPad|iPod)\b/, 'iOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\b(Macintosh|Mac OS X|macOS)\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/** What a user agent says it is; for people to recognise their own devices by, and for nothing else. */
export function deviceOf(userAgent: string): Device {
  const system = firstOf(systems, userAgent);
  if (/\bElectron\//.test(userAgent)) return { kind: 'desktop', program: 'Catalyst', system };
  if (/^Mozilla\//.test(userAgent)) return { kind: 'browser', program: firstOf(browsers, userAgent), system };
  const [, program = null] = /^([\w.+-]{1,40})/.exec(userAgent) ?? [];
  return { kind: 'program', program, system };
}

const firstOf = (names: [RegExp, string][], userAgent: string) =>
  names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
