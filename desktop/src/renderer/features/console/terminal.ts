import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal as Xterm } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { monospaceFamily } from '../../theme.ts';
import { strings } from './strings.ts';
import { matchColours, terminalTheme } from './terminal-theme.ts';

/** Rows kept; more than the lines we hand over, as long lines take several. */
const scrollbackRows = 50_000;

interface TerminalPosition {
  isAtEnd: boolean;
  isAtTop: boolean;
}

export interface Terminal {
  /** Adds text at the end; calls back when it was worked off, which under a flood takes a while. */
  write(text: string, done: () => void): void;
  /** Shows other text; `above` ends where the view begins, or the view is at the end when it is null. */
  replace(above: string | null, below: string, done: () => void): void;
  scrollToEnd(): void;
  /** Screens up (negative) or down. */
  scrollPages(pages: number): void;
  /** Marks every match and goes to one: the newest, or from there to an older or newer one. */
  find(text: string, which: 'newest' | 'older' | 'newer'): void;
  endFind(): void;
  /** The selected text; empty when nothing is selected. */
  selection(): string;
  setDark(isDark: boolean): void;
  focus(): void;
  close(): void;
}

interface TerminalEvents {
  onPosition: (position: TerminalPosition) => void;
  onMatches: (index: number, count: number) => void;
  /** In characters; also the first time it fits itself into its element. */
  onSize: (columns: number, rows: number) => void;
  /** Ctrl-F, and Ctrl-C with a selection, while the terminal has the focus. */
  onFind: () => void;
  onCopy: () => void;
}

/** A read-only terminal inside an element, which it fills and follows in size. */
export function createTerminal(element: HTMLElement, isDark: boolean, events: TerminalEvents): Terminal {
  const xterm = new Xterm({
    allowProposedApi: true,
    disableStdin: true,
    cursorStyle: 'bar',
    cursorInactiveStyle: 'none',
    cursorWidth: 1,
    fontFamily: monospaceFamily,
    fontSize: 12.5,
    lineHeight: 1.35,
    minimumContrastRatio: 4.5,
    overviewRuler: { width: 10 },
    scrollback: scrollbackRows,
    theme: terminalTheme(isDark),
  });
  xterm.onResize(({ cols, rows }) => events.onSize(cols, rows));
  const fit = new FitAddon();
  const search = new SearchAddon({ highlightLimit: 1000 });
  xterm.loadAddon(fit);
  xterm.loadAddon(search);
  // What a game prints is not ours: a link opens only on purpose, and learns nothing of this page.
  xterm.loadAddon(
    new WebLinksAddon((event, address) => {
      if (event.ctrlKey || event.metaKey) window.open(address, '_blank', 'noopener,noreferrer');
    }),
  );
  xterm.open(element);
  xterm.textarea?.setAttribute('aria-label', strings.output);
  let colours = matchColours(isDark);
  let sought = '';

  const tellPosition = () => {
    const { viewportY, baseY } = xterm.buffer.active;
    events.onPosition({ isAtEnd: viewportY >= baseY, isAtTop: viewportY === 0 && baseY > 0 });
  };
  xterm.onScroll(tellPosition);
  search.onDidChangeResults(({ resultIndex, resultCount }) => events.onMatches(resultIndex, resultCount));
  xterm.attachCustomKeyEventHandler((event) => handleKey(event, xterm, events));
  const stopTouch = scrollByTouch(element, xterm);
  const resizing = new ResizeObserver(() => {
    if (element.clientWidth > 0 && element.clientHeight > 0) fit.fit();
  });
  resizing.observe(element);

  return {
    write: (text, done) => xterm.write(text, done),
    replace(above, below, done) {
      // Behind whatever is still being worked off, which would else land on the new screen.
      xterm.write('', () => {
        xterm.reset();
        xterm.write(above ?? '', () => {
          const { baseY, cursorY } = xterm.buffer.active;
          xterm.write(below, () => {
            if (above !== null) xterm.scrollToLine(above === '' ? 0 : baseY + cursorY + 1);
            tellPosition();
            done();
          });
        });
      });
    },
    scrollToEnd: () => xterm.scrollToBottom(),
    scrollPages: (pages) => xterm.scrollPages(pages),
    find(text, which) {
      sought = text;
      if (text === '') return search.clearDecorations();
      // Without a selection a search backwards begins at the end, where the newest line is.
      if (which === 'newest') xterm.clearSelection();
      if (which === 'newer') search.findNext(text, { decorations: colours });
      else search.findPrevious(text, { decorations: colours });
    },
    endFind() {
      sought = '';
      search.clearDecorations();
      xterm.clearSelection();
    },
    selection: () => xterm.getSelection(),
    setDark(dark) {
      xterm.options.theme = terminalTheme(dark);
      colours = matchColours(dark);
      if (sought === '') return;
      search.clearDecorations();
      search.findPrevious(sought, { decorations: colours });
    },
    focus: () => xterm.focus(),
    close() {
      resizing.disconnect();
      stopTouch();
      xterm.dispose();
    },
  };
}

/** Keys that scroll and copy work on the terminal; all others stay with the page. */
function handleKey(event: KeyboardEvent, xterm: Xterm, events: TerminalEvents): boolean {
  if (event.type !== 'keydown') return false;
  const withCommand = event.ctrlKey || event.metaKey;
  if (withCommand && event.key.toLowerCase() === 'f') {
    event.preventDefault();
    events.onFind();
  } else if (withCommand && event.key.toLowerCase() === 'c' && xterm.hasSelection()) {
    event.preventDefault();
    events.onCopy();
  } else if (event.key === 'PageUp') xterm.scrollPages(-1);
  else if (event.key === 'PageDown') xterm.scrollPages(1);
  else if (event.key === 'ArrowUp') xterm.scrollLines(-1);
  else if (event.key === 'ArrowDown') xterm.scrollLines(1);
  else if (event.key === 'Home') xterm.scrollToTop();
  else if (event.key === 'End') xterm.scrollToBottom();
  return false;
}

/** The terminal itself only scrolls by wheel. */
function scrollByTouch(element: HTMLElement, xterm: Xterm): () => void {
  let lastY = 0;
  let rest = 0;
  const onStart = (event: TouchEvent) => {
    lastY = event.touches[0]?.clientY ?? 0;
    rest = 0;
  };
  const onMove = (event: TouchEvent) => {
    const y = event.touches[0]?.clientY ?? lastY;
    const rowHeight = element.clientHeight / Math.max(xterm.rows, 1);
    rest += lastY - y;
    lastY = y;
    const rows = Math.trunc(rest / rowHeight);
    rest -= rows * rowHeight;
    if (rows === 0) return;
    const before = xterm.buffer.active.viewportY;
    xterm.scrollLines(rows);
    // At an end the page scrolls on.
    if (xterm.buffer.active.viewportY !== before && event.cancelable) event.preventDefault();
  };
  element.addEventListener('touchstart', onStart, { passive: true });
  element.addEventListener('touchmove', onMove, { passive: false });
  return () => {
    element.removeEventListener('touchstart', onStart);
    element.removeEventListener('touchmove', onMove);
  };
}
