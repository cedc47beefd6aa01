import type { Server } from '@catalyst/shared/features/servers';
import type { Template } from '@catalyst/shared/features/templates';
import { NumberInput, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { Section } from '../../components/section.tsx';
import { formatMegabytes } from '../../components/units.ts';
import { FineLimitFields } from './fine-limit-fields.tsx';
import { ImageField } from './image-field.tsx';
import { LabelFields } from './label-fields.tsx';
import { mayOnServer } from './power.ts';
import classes from './server-settings-tab.module.css';
import { settingsStrings as strings } from './settings-strings.ts';
import { SizeField } from './size-field.tsx';
import { linesOf, StartupField } from './startup-field.tsx';
import type { ServerFormState } from './use-server-form.ts';

export function GeneralFields({ form, issues, set, isReadOnly }: ServerFormState) {
  return (
    <Section id="general" title={strings.general}>
      <TextInput
        label={strings.name}
        maxLength={100}
        value={form.name}
        error={issues.name}
        disabled={isReadOnly}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <Textarea
        label={strings.description}
        description={strings.descriptionHint}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={500}
        value={form.description}
        error={issues.description}
        disabled={isReadOnly}
        onChange={(event) => set({ description: event.currentTarget.value })}
      />
      <LabelFields
        tags={form.tags}
        group={form.group}
        errorOf={(field) => issues[field] ?? firstUnder(issues, field)}
        onChange={set}
        isReadOnly={isReadOnly}
      />
      <Textarea
        label={strings.notes}
        description={strings.notesHint}
        autosize
        minRows={3}
        maxRows={16}
        maxLength={4000}
        value={form.notes}
        error={issues.notes}
        disabled={isReadOnly}
        onChange={(event) => set({ notes: event.currentTarget.value })}
      />
    </Section>
  );
}

const firstUnder = (issues: Readonly<Record<string, string>>, field: string) =>
  Object.entries(issues).find(([path]) => path.startsWith(`${field}.`))?.[1];

interface LimitFieldsProps extends ServerFormState {
  server: Server;
  /** Its advice; unknown when the template is gone. */
  defaults: Template['defaults'] | undefined;
}

export function LimitFields({ form, issues, set, server, defaults, ...props }: LimitFieldsProps) {
  const mayChange = mayOnServer(server, 'server.limits');
  const isReadOnly = props.isReadOnly || !mayChange;
  return (
    <Section
      id="limits"
      title={strings.limits}
      hint={mayChange ? strings.limitsHint : strings.limitsReadOnly}
    >
      <SizeField
        label={strings.memory}
        description={
          defaults &&
          strings.memoryAdvice(formatMegabytes(defaults.memoryMb), formatMegabytes(defaults.minimumMemoryMb))
        }
        error={issues.allocatedMemoryMb}
        valueMb={form.allocatedMemoryMb}
        minMb={defaults?.minimumMemoryMb ?? 128}
        maxMb={Math.max(8192, server.allocatedMemoryMb * 2)}
        advisedMb={defaults?.memoryMb}
        advisedLabel={strings.advised}
        isReadOnly={isReadOnly}
        onChange={(allocatedMemoryMb) => set({ allocatedMemoryMb })}
      />
      <div className={classes.pair}>
        <NumberInput
          label={strings.cpu}
          description={strings.cpuHint}
          error={issues.allocatedCpuCores}
          value={form.allocatedCpuCores}
          min={0.05}
          step={0.5}
          decimalScale={2}
          disabled={isReadOnly}
          onChange={(cores) => set({ allocatedCpuCores: Number(cores) })}
        />
        <NumberInput
          label={strings.disk}
          description={strings.diskHint}
          error={issues.allocatedDiskMb}
          value={form.allocatedDiskMb / 1024}
          min={0}
          step={1}
          decimalScale={3}
          suffix=" GiB"
          disabled={isReadOnly}
          onChange={(gibibytes) => set({ allocatedDiskMb: Math.round(Number(gibibytes) * 1024) })}
        />
        <FineLimitFields
          values={form}
          issueOf={(field) => issues[field]}
          isReadOnly={isReadOnly}
          onChange={set}
        />
      </div>
    </Section>
  );
}

interface ContainerFieldsProps extends ServerFormState {
  server: Server;
  /** Unknown when the template is gone. */
  template: Template | undefined;
}

/** Of servers that have an image. */
export function ContainerFields({ form, issues, set, isReadOnly, ...props }: ContainerFieldsProps) {
  const { server, template } = props;
  if (server.runtime !== 'containerd' || !template || form.image === null) return null;
  return (
    <Section id="container" title={strings.container} hint={strings.containerHint}>
      <ImageField
        template={template}
        value={form.image}
        error={issues.image}
        isReadOnly={isReadOnly}
        onChange={(image) => set({ image })}
      />
    </Section>
  );
}

/** Of servers whose template has more than one startup line. */
export function StartupFields({
  form,
  issues,
  set,
  isReadOnly,
  template,
}: Omit<ContainerFieldsProps, 'server'>) {
  if (!template || Object.keys(linesOf(template)).length < 2) return null;
  return (
    <Section id="startup" title={strings.startup} hint={strings.startupHint}>
      <StartupField
        template={template}
        value={form.startupLine}
        error={issues.startupLine}
        isReadOnly={isReadOnly}
        onChange={(startupLine) => set({ startupLine })}
      />
    </Section>
  );
}

export function RestartFields({ form, issues, set, isReadOnly }: ServerFormState) {
  const { restartPolicy } = form;
  const change = (changes: Partial<typeof restartPolicy>) =>
    set({ restartPolicy: { ...restartPolicy, ...changes } });
  return (
    <Section id="restart" title={strings.restart} hint={strings.restartHint}>
      <div>
        <p className={classes.label} id="restart-mode">
          {strings.restartModeLabel}
        </p>
        <SegmentedControl
          aria-labelledby="restart-mode"
          disabled={isReadOnly}
          data={Object.entries(strings.restartModes).map(([value, label]) => ({ value, label }))}
          value={restartPolicy.mode}
          onChange={(mode) => change({ mode: mode as typeof restartPolicy.mode })}
        />
      </div>
      {restartPolicy.mode !== 'never' && (
        <div className={classes.pair}>
          <NumberInput
            label={strings.maxRestarts}
            suffix={strings.restartsSuffix}
            error={issues['restartPolicy.maxRestarts']}
            value={restartPolicy.maxRestarts}
            min={0}
            max={100}
            allowDecimal={false}
            disabled={isReadOnly}
            onChange={(times) => change({ maxRestarts: Number(times) })}
          />
          <NumberInput
            label={strings.windowMinutes}
            suffix={strings.minutesSuffix}
            error={issues['restartPolicy.windowSeconds']}
            value={restartPolicy.windowSeconds / 60}
            min={1}
            max={1440}
            decimalScale={1}
            disabled={isReadOnly}
            onChange={(minutes) => change({ windowSeconds: Math.round(Number(minutes) * 60) })}
          />
        </div>
      )}
    </Section>
  );
}
