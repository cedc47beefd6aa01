import { readFile, rm } from 'node:fs/promises';
import { meetingPlaces } from '@catalyst/shared/node/data-dir';

export const panelOrigin = (port: number) => new URL(`http://127.0.0.1:${port}`).origin;

/** Undefined when there is no such file, or no port in it. */
export async function readPort(path: string): Promise<number | undefined> {
  return parsePort(await readOrEmpty(path));
}

/** The page to show first: set-up on the first run, else the panel's front page. */
export async function readLandingUrl(dataDirectory: string, origin: string): Promise<string> {
  return parseSetupUrl(await readOrEmpty(meetingPlaces(dataDirectory).setupUrl), origin) ?? `${origin}/`;
}

/** Before a start: what an earlier panel left must not be taken for the new one's word. */
export async function forgetPanelFiles(dataDirectory: string): Promise<void> {
  await rm(meetingPlaces(dataDirectory).port, { force: true });
  await rm(meetingPlaces(dataDirectory).setupUrl, { force: true });
}

export function parsePort(text: string): number | undefined {
  if (!/^[0-9]{1,5}\r?\n?$/.test(text)) return undefined;
  const port = Number.parseInt(text, 10);
  return port >= 1 && port <= 65535 ? port : undefined;
}

/** The window opens this address, so it must be nothing but the set-up page of the panel at `origin`. */
export function parseSetupUrl(text: string, origin: string): string | undefined {
  const match = /^(http:\/\/[a-z0-9.:]{1,64})\/setup#([A-Za-z0-9_-]{1,128})\r?\n?$/.exec(text);
  const host = match?.[1]?.replace('//localhost:', '//127.0.0.1:');
  return host === origin ? `${origin}/setup#${match?.[2]}` : undefined;
}

async function readOrEmpty(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}
