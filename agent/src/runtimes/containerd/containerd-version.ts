/** Whether our calls are those of this version: 1.6 and later of the first, all of the second generation. */
export function isSupportedContainerd(version: string): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  return (major === '1' && Number(minor) >= 6) || major === '2';
}
