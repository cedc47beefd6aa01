import { Modal, VisuallyHidden } from '@mantine/core';
import {
  IconArrowRight,
  IconBolt,
  IconNetwork,
  IconPlus,
  IconSearch,
  IconSettings,
} from '@tabler/icons-react';
import { Fragment, type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { GameIcon } from '../../components/game-icon.tsx';
import classes from './palette.module.css';
import { type CommandGroup, rankCommands } from './rank-commands.ts';
import { strings } from './strings.ts';
import { type RunnableCommand, useCommands } from './use-commands.ts';

const icons: Record<Exclude<CommandGroup, 'server'>, typeof IconBolt> = {
  power: IconBolt,
  node: IconNetwork,
  page: IconArrowRight,
  setting: IconSettings,
  action: IconPlus,
};

/** One field that leads everywhere and does most things. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const commands = useCommands(text);
  const shown = useMemo(() => rankCommands(commands, text), [commands, text]);
  const list = useRef<HTMLDivElement>(null);
  const listId = useId();
  const at = Math.min(chosen, shown.length - 1);
  const optionId = (index: number) => `${listId}-${index}`;
  const run = (command: RunnableCommand | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  useEffect(() => {
    list.current?.querySelector(`[data-index="${at}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const onKeyDown = (event: KeyboardEvent) => {
    const last = shown.length - 1;
    if (event.key === 'ArrowDown') setChosen(at >= last ? 0 : at + 1);
    else if (event.key === 'ArrowUp') setChosen(at <= 0 ? last : at - 1);
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) run(shown[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      centered={false}
      size={600}
      yOffset="10dvh"
      padding={0}
      title={<VisuallyHidden>{strings.title}</VisuallyHidden>}
      classNames={{ header: classes.header, body: classes.body }}
    >
      <div className={classes.field}>
        <IconSearch size={18} stroke={1.6} aria-hidden />
        <input
          className={classes.input}
          role="combobox"
          aria-label={strings.title}
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={shown.length > 0 ? optionId(at) : undefined}
          aria-autocomplete="list"
          placeholder={strings.placeholder}
          value={text}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          onChange={(event) => {
            setText(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className={classes.list} role="listbox" id={listId} aria-label={strings.title} ref={list}>
        {shown.map((command, index) => (
          <Fragment key={command.id}>
            {command.group !== shown[index - 1]?.group && (
              <div className={classes.group} role="presentation">
                {strings.groups[command.group]}
              </div>
            )}
            <Option
              command={command}
              id={optionId(index)}
              index={index}
              isChosen={index === at}
              onHover={() => setChosen(index)}
              onRun={() => run(command)}
            />
          </Fragment>
        ))}
      </div>
      {shown.length === 0 && <p className={classes.nothing}>{strings.nothing}</p>}
      <p className={classes.hint} aria-hidden>
        {strings.keysHint}
      </p>
      <VisuallyHidden role="status">{text !== '' && strings.results(shown.length)}</VisuallyHidden>
    </Modal>
  );
}

function Option(props: {
  command: RunnableCommand;
  id: string;
  index: number;
  isChosen: boolean;
  onHover: () => void;
  onRun: () => void;
}) {
  const { group, title, detail, icon } = props.command;
  const Icon = group === 'server' ? undefined : icons[group];
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus
    // biome-ignore lint/a11y/useFocusableInteractive: as above; the field names the chosen option
    <div
      className={classes.option}
      role="option"
      id={props.id}
      data-index={props.index}
      aria-selected={props.isChosen}
      onMouseMove={props.onHover}
      onClick={props.onRun}
    >
      {Icon ? (
        <Icon size={18} stroke={1.6} className={classes.icon} aria-hidden />
      ) : (
        <GameIcon name={icon ?? ''} size={20} />
      )}
      <span className={classes.title}>{title}</span>
      {detail && <span className={classes.detail}>{detail}</span>}
    </div>
  );
}
