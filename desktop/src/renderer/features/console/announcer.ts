/** New lines that are read aloud in one go; of more only the last are, and how many there were. */
const readAtOnce = 4;

export interface Announcement {
  id: number;
  text: string;
}

export interface Announcer {
  add(lines: readonly string[]): void;
  close(): void;
}

/** Collects lines and tells of them in intervals, since a console can print faster than anyone listens. */
export function createAnnouncer(options: {
  intervalMs: number;
  andMore: (count: number) => string;
  announce: (announcements: Announcement[]) => void;
}): Announcer {
  let waiting: string[] = [];
  let skipped = 0;
  let lastId = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    timer = undefined;
    const texts = skipped > 0 ? [...waiting, options.andMore(skipped)] : waiting;
    waiting = [];
    skipped = 0;
    options.announce(
      texts.map((text) => {
        lastId += 1;
        return { id: lastId, text };
      }),
    );
  };
  return {
    add(lines) {
      if (lines.length === 0) return;
      const all = [...waiting, ...lines];
      waiting = all.slice(-readAtOnce);
      skipped += all.length - waiting.length;
      timer ??= setTimeout(tell, options.intervalMs);
    },
    close: () => clearTimeout(timer),
  };
}
