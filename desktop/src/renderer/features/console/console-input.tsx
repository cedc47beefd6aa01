import { call } from '@catalyst/shared/contract/rpc';
import { ConsoleCommand } from '@catalyst/shared/features/console-link';
import { isUp } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { clientCalls } from '@catalyst/shared/realtime';
import { ActionIcon } from '@mantine/core';
import { IconChevronRight, IconCornerDownLeft } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type KeyboardEvent, type RefObject, useMemo, useState } from 'react';
import { asSentence, sentenceOf } from '../../api/errors.ts';
import { useObservable } from '../../api/observable.ts';
import { connection, socket } from '../../api/socket.ts';
import { mayOnServer } from '../servers/power.ts';
import classes from './console-input.module.css';
import { keptHistory } from './kept-history.ts';
import { strings } from './strings.ts';

interface ConsoleInputProps {
  server: Server;
  input: RefObject<HTMLInputElement | null>;
  /** Scrolls the output by screens, for hands that stay at the keyboard. */
  onScroll: (pages: number) => void;
}

/** The line for commands, or why there is none. */
export function ConsoleInput({ server, input, onScroll }: ConsoleInputProps) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const history = useMemo(() => keptHistory(server.id), [server.id]);
  const isCutOff = useObservable(connection) === 'reconnecting';
  const send = useMutation({
    mutationFn: (data: string) => call(socket, clientCalls, 'console_input', { serverId: server.id, data }),
    onError: (error, data) => {
      setProblem(`${strings.sendFailed}: ${sentenceOf(error)}`);
      setText((typed) => typed || data);
    },
  });
  const reason = whyNot(server, isCutOff);
  const submit = () => {
    const checked = ConsoleCommand.safeParse(text);
    if (text === '') return;
    if (!checked.success) return setProblem(asSentence(checked.error.issues[0]?.message ?? ''));
    history.add(text);
    setProblem(undefined);
    setText('');
    send.mutate(checked.data);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) submit();
    else if (event.key === 'ArrowUp') setText(history.older(text));
    else if (event.key === 'ArrowDown') setText(history.newer(text));
    else if (event.key === 'PageUp') onScroll(-1);
    else if (event.key === 'PageDown') onScroll(1);
    else return;
    event.preventDefault();
  };
  return (
    <div className={classes.bar} data-disabled={reason !== null || undefined}>
      <IconChevronRight size={16} className={classes.prompt} aria-hidden />
      <input
        ref={input}
        className={classes.input}
        aria-label={strings.command}
        aria-describedby={problem ? 'console-problem' : undefined}
        aria-invalid={problem ? true : undefined}
        placeholder={reason ?? strings.commandPlaceholder}
        disabled={reason !== null}
        value={text}
        autoComplete="off"
        autoCorrect="off"
        autoCapitalize="none"
        spellCheck={false}
        enterKeyHint="send"
        onChange={(event) => {
          setText(event.currentTarget.value);
          setProblem(undefined);
        }}
        onKeyDown={onKeyDown}
      />
      {problem && (
        <span id="console-problem" className={classes.problem} role="alert">
          {problem}
        </span>
      )}
      <ActionIcon
        className={classes.send}
        aria-label={strings.send}
        disabled={reason !== null || text === ''}
        onClick={submit}
      >
        <IconCornerDownLeft size={16} />
      </ActionIcon>
    </div>
  );
}

function whyNot(server: Server, isCutOff: boolean): string | null {
  if (!mayOnServer(server, 'console.write')) return strings.noWrite;
  if (!server.node.online) return strings.nodeOffline;
  if (!isUp(server.state)) return strings.notRunning;
  return isCutOff ? strings.cutOff : null;
}
