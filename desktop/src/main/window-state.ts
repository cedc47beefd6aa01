import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const Bounds = z.object({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1) });
export type Bounds = z.output<typeof Bounds>;

const WindowState = z.object({ bounds: Bounds, isMaximized: z.boolean() });
export type WindowState = z.output<typeof WindowState>;

export const smallestWindow = { width: 380, height: 480 } as const;
const usualWindow = { width: 1280, height: 840 } as const;

/** Enough of the title bar to take hold of the window. */
const graspPx = 64;

/** Where to open the window: as it was left when that can still be reached on today's screens, else by default. */
export function openingBounds(saved: WindowState | undefined, screens: readonly Bounds[]): Partial<Bounds> {
  if (!saved) return usualWindow;
  const { bounds } = saved;
  const size = {
    width: Math.max(bounds.width, smallestWindow.width),
    height: Math.max(bounds.height, smallestWindow.height),
  };
  return screens.some((screen) => isReachable({ ...bounds, ...size }, screen))
    ? { ...size, x: bounds.x, y: bounds.y }
    : size;
}

function isReachable(window: Bounds, screen: Bounds): boolean {
  const visibleWidth =
    Math.min(window.x + window.width, screen.x + screen.width) - Math.max(window.x, screen.x);
  const titleBarIsOn = window.y >= screen.y && window.y <= screen.y + screen.height - graspPx;
  return visibleWidth >= graspPx && titleBarIsOn;
}

/** Undefined when there is none, or none that makes sense. */
export function readWindowState(path: string): WindowState | undefined {
  try {
    return WindowState.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

export function writeWindowState(path: string, state: WindowState): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, JSON.stringify(state));
  renameSync(fresh, path);
}
