import type { Template } from '@catalyst/shared/features/templates';
import { NumberInput, Textarea } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { LabelFields } from '../label-fields.tsx';
import { StartupField } from '../startup-field.tsx';
import { ContainerFields } from './container-fields.tsx';
import classes from './new-server-details.module.css';
import { strings } from './strings.ts';
import type { NewServerState } from './use-new-server.ts';

/** What is right for nearly everybody as it is. */
export function AdvancedFields({ template, state }: { template: Template; state: NewServerState }) {
  const { form, set, touch, errorOf } = state;
  return (
    <details
      className={classes.advanced}
      open={state.isAdvancedOpen}
      onToggle={(event) => state.setAdvancedOpen(event.currentTarget.open)}
    >
      <summary className={classes.advancedTitle}>
        <IconChevronRight size={16} className={classes.chevron} aria-hidden />
        {strings.advanced}
        <span className={classes.note}>{strings.advancedHint}</span>
      </summary>
      <div className={classes.grid}>
        <NumberInput
          label={strings.cpu}
          value={form.cpuCores}
          suffix={strings.cpuSuffix(form.cpuCores)}
          min={0.05}
          step={0.5}
          decimalScale={2}
          error={errorOf('allocatedCpuCores')}
          onBlur={() => touch('allocatedCpuCores')}
          onChange={(cores) => set({ cpuCores: Number(cores) })}
        />
        <NumberInput
          label={strings.disk}
          value={form.diskMb / 1024}
          suffix=" GiB"
          min={0}
          decimalScale={3}
          error={errorOf('allocatedDiskMb')}
          onBlur={() => touch('allocatedDiskMb')}
          onChange={(gibibytes) => set({ diskMb: Math.round(Number(gibibytes) * 1024) })}
        />
        <Textarea
          className={classes.wide}
          label={strings.description}
          autosize
          minRows={2}
          maxLength={500}
          value={form.description}
          error={errorOf('description')}
          onChange={(event) => set({ description: event.currentTarget.value })}
        />
        <LabelFields
          tags={form.tags}
          group={form.group}
          errorOf={(field) => errorOf(field) ?? (field === 'tags' ? errorOf('tags.0') : undefined)}
          onChange={set}
        />
        <StartupField
          template={template}
          value={form.startupLine}
          error={errorOf('startupLine')}
          onChange={(startupLine) => set({ startupLine })}
        />
        <ContainerFields template={template} state={state} />
      </div>
    </details>
  );
}
