import type { ConsoleStream } from '@catalyst/shared/features/console-link';
import { useComputedColorScheme } from '@mantine/core';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { type Announcement, type Announcer, createAnnouncer } from './announcer.ts';
import { type ConsoleSession, openConsole } from './console-session.ts';
import { strings } from './strings.ts';
import { createTerminal, type Terminal } from './terminal.ts';
import { plainText } from './terminal-text.ts';
import type { TerminalSize } from './use-terminal-size.ts';

const readingIntervalMs = 2000;
/** Lines that a screen reader can go back to. */
const readableLines = 30;

export interface Matches {
  index: number;
  count: number;
}

/** A terminal in an element and the console it shows, from mounting to unmounting. */
export function useConsole(options: {
  element: RefObject<HTMLDivElement | null>;
  serverId: string;
  stream: ConsoleStream | undefined;
  showTimes: boolean;
  onFind: () => void;
  onCopy: () => void;
  onSize: (size: TerminalSize) => void;
}) {
  const { element, serverId, stream, showTimes } = options;
  const isDark = useComputedColorScheme() === 'dark';
  const [open, setOpen] = useState<{ session: ConsoleSession; terminal: Terminal }>();
  const [matches, setMatches] = useState<Matches>();
  const [announcements, setAnnouncements] = useState<Announcement[]>([]);
  const latest = useRef({ ...options, isDark });
  latest.current = { ...options, isDark };

  useEffect(() => {
    if (!element.current) return;
    let session: ConsoleSession | undefined;
    const terminal = createTerminal(element.current, latest.current.isDark, {
      onPosition: (position) => session?.setPosition(position),
      onMatches: (index, count) => setMatches({ index, count }),
      onSize: (columns, rows) => latest.current.onSize({ columns, rows }),
      onFind: () => latest.current.onFind(),
      onCopy: () => latest.current.onCopy(),
    });
    const announcer: Announcer = createAnnouncer({
      intervalMs: readingIntervalMs,
      andMore: strings.andMore,
      announce: (added) => setAnnouncements((before) => [...before, ...added].slice(-readableLines)),
    });
    session = openConsole({
      serverId,
      stream,
      terminal,
      showTimes: latest.current.showTimes,
      onLines: (lines) => announcer.add(lines.map(plainText)),
    });
    setOpen({ session, terminal });
    return () => {
      session?.close();
      announcer.close();
      terminal.close();
      setOpen(undefined);
      setAnnouncements([]);
    };
  }, [element, serverId, stream]);

  useEffect(() => open?.terminal.setDark(isDark), [open, isDark]);
  useEffect(() => open?.session.setShowTimes(showTimes), [open, showTimes]);
  return { open, matches, announcements };
}
