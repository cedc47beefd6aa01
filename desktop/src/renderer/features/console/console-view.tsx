import type { ConsoleStream } from '@catalyst/shared/features/console-link';
import type { Server } from '@catalyst/shared/features/servers';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useEffect, useRef, useState } from 'react';
import { observable, useObservable } from '../../api/observable.ts';
import { copyText } from '../../components/copy-text.ts';
import { Failure } from '../../components/failure.tsx';
import { usePreferences } from '../settings/preferences.ts';
import { ConsoleFind } from './console-find.tsx';
import { ConsoleInput } from './console-input.tsx';
import { ConsoleNotices } from './console-notices.tsx';
import type { ConsoleState } from './console-session.ts';
import { ConsoleToolbar } from './console-toolbar.tsx';
import classes from './console-view.module.css';
import { strings } from './strings.ts';
import { plainText } from './terminal-text.ts';
import { useConsole } from './use-console.ts';
import { useTerminalSize } from './use-terminal-size.ts';

const nothingYet = observable<ConsoleState | null>(null);

/** The console of a server: what it prints, live, and the line to type commands in. */
export function ConsoleView({ server }: { server: Server }) {
  const screen = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [stream, setStream] = useState<ConsoleStream>();
  const [showTimes, setShowTimes] = useState(false);
  const [isFinding, setFinding] = useState(false);
  const { announceConsole } = usePreferences();
  const copy = async () => {
    const selected = open?.terminal.selection();
    const lines = open?.session.lines() ?? [];
    const text = selected || lines.map(plainText).join('\n');
    const isCopied = await copyText(text);
    notifications.show({
      color: isCopied ? undefined : 'red',
      message: isCopied
        ? strings.copied(selected ? selected.split('\n').length : lines.length)
        : strings.copyFailed,
      autoClose: 2000,
    });
  };
  const onSize = useTerminalSize(server);
  const { open, matches, announcements } = useConsole({
    element: screen,
    serverId: server.id,
    stream,
    showTimes,
    onFind: () => setFinding(true),
    onCopy: () => void copy(),
    onSize,
  });
  const state = useObservable(open ? open.session.state : nothingYet);
  useRetryWhenBack(server, state?.status === 'failed' ? open?.session.retry : undefined);

  return (
    <section
      className={classes.console}
      aria-label={strings.consoleOf(server.name)}
      onKeyDown={(event) => {
        if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f') {
          event.preventDefault();
          setFinding(true);
        }
      }}
    >
      <ConsoleToolbar
        serverId={server.id}
        stream={stream}
        onStream={setStream}
        showTimes={showTimes}
        onShowTimes={setShowTimes}
        onFind={() => setFinding(true)}
        onCopy={() => void copy()}
      />
      {isFinding && open && (
        <ConsoleFind
          terminal={open.terminal}
          matches={matches}
          onClose={() => {
            setFinding(false);
            open.terminal.endFind();
            input.current?.focus();
          }}
        />
      )}
      <div className={classes.screenBox}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: a convenience for mice; the line below has the focus order of all */}
        <div
          className={classes.screen}
          ref={screen}
          // A click without a selection is meant for the line below, as in any terminal.
          onMouseUp={() => {
            if (!open?.terminal.selection()) input.current?.focus({ preventScroll: true });
          }}
        />
        {state?.status === 'ready' && state.isEmpty && (
          <p className={classes.empty}>{stream ? strings.emptyFiltered : strings.empty}</p>
        )}
        {state?.status === 'failed' && (
          <div className={classes.failure}>
            <Failure title={strings.failed} error={state.error} retry={open?.session.retry} />
          </div>
        )}
        {state?.isScrolledBack && (
          <Button
            className={classes.jump}
            variant="default"
            size="xs"
            onClick={() => open?.session.jumpToEnd()}
          >
            {strings.newLines(state.below)} · {strings.jumpToEnd}
          </Button>
        )}
      </div>
      {state && open && <ConsoleNotices state={state} session={open.session} />}
      <ConsoleInput server={server} input={input} onScroll={(pages) => open?.terminal.scrollPages(pages)} />
      <div
        className={classes.reader}
        role="log"
        aria-label={strings.latest}
        aria-live={announceConsole ? 'polite' : 'off'}
      >
        {announcements.map(({ id, text }) => (
          <p key={id}>{text}</p>
        ))}
      </div>
    </section>
  );
}

/** A console that could not be read because the node was away is read again as soon as it is back. */
function useRetryWhenBack(server: Server, retry: (() => void) | undefined): void {
  const wasOnline = useRef(server.node.online);
  useEffect(() => {
    if (server.node.online && !wasOnline.current) retry?.();
    wasOnline.current = server.node.online;
  }, [server.node.online, retry]);
}
