import { Button, NumberInput, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useEffect, useState } from 'react';
import { useBlocker, useLocation } from 'react-router';
import { issuesByField, sentenceOf } from '../../api/errors.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Notice } from '../../components/notice.tsx';
import { formatMegabytes } from '../../components/units.ts';
import { useTemplates } from '../templates/use-templates.ts';
import { DangerZone } from './danger-zone.tsx';
import { mayOnServer } from './power.ts';
import { ServerFacts } from './server-facts.tsx';
import { appliesAtNextStart, changesOf, formIssues, formOf, type ServerForm } from './server-form.ts';
import { useShownServer } from './server-page.tsx';
import classes from './server-settings-tab.module.css';
import { SettingsSection } from './settings-section.tsx';
import { settingsStrings as strings } from './settings-strings.ts';
import { SizeField } from './size-field.tsx';
import { useUpdateServer } from './use-server-changes.ts';
import { VariableFields } from './variable-fields.tsx';

/** Everything about a server that can be changed, with what is dangerous at the end. */
export function ServerSettingsTab() {
  const server = useShownServer();
  const templates = useTemplates();
  const template = templates.data?.find(({ id }) => id === server.template.id);
  const variables = (template?.variables ?? []).filter(({ name }) => name in server.environment);
  const mayUpdate = mayOnServer(server, 'server.update');
  const update = useUpdateServer(server.id);
  const [edited, setEdited] = useState<ServerForm>();
  const form = edited ?? formOf(server);
  const changes = changesOf(server, form);
  const isDirty = Object.keys(changes).length > 0;
  const found = isDirty ? formIssues(server, form, variables) : {};
  const issues: Record<string, string> = { ...issuesByField(update.error), ...found };
  const blocker = useBlocker(isDirty && !update.isPending);
  useScrollToSection();

  const set = (change: Partial<ServerForm>) => {
    update.reset();
    setEdited({ ...form, ...change });
  };
  const save = () =>
    update.mutate(changes, {
      onSuccess: () => {
        setEdited(undefined);
        const isUp = server.state === 'running' || server.state === 'starting';
        notifications.show({
          message: isUp && appliesAtNextStart(changes) ? strings.savedNextStart : strings.saved,
        });
      },
    });
  const advice =
    template &&
    strings.memoryAdvice(
      formatMegabytes(template.defaults.memoryMb),
      formatMegabytes(template.defaults.minimumMemoryMb),
    );
  return (
    <form
      className={classes.page}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isDirty && Object.keys(found).length === 0) save();
      }}
    >
      {!mayUpdate && <Notice tone="info">{strings.readOnly}</Notice>}
      <SettingsSection id="general" title={strings.general}>
        <TextInput
          label={strings.name}
          maxLength={100}
          value={form.name}
          error={issues.name}
          disabled={!mayUpdate}
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
          disabled={!mayUpdate}
          onChange={(event) => set({ description: event.currentTarget.value })}
        />
      </SettingsSection>
      <SettingsSection id="limits" title={strings.limits} hint={strings.limitsHint}>
        <SizeField
          label={strings.memory}
          description={advice}
          error={issues.allocatedMemoryMb}
          valueMb={form.allocatedMemoryMb}
          minMb={template?.defaults.minimumMemoryMb ?? 128}
          maxMb={Math.max(8192, server.allocatedMemoryMb * 2)}
          advisedMb={template?.defaults.memoryMb}
          advisedLabel={strings.advised}
          isReadOnly={!mayUpdate}
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
            disabled={!mayUpdate}
            onChange={(cores) => set({ allocatedCpuCores: Number(cores) })}
          />
          <NumberInput
            label={strings.disk}
            error={issues.allocatedDiskMb}
            value={form.allocatedDiskMb / 1024}
            min={0}
            step={1}
            decimalScale={3}
            suffix=" GiB"
            disabled={!mayUpdate}
            onChange={(gibibytes) => set({ allocatedDiskMb: Math.round(Number(gibibytes) * 1024) })}
          />
        </div>
      </SettingsSection>
      <SettingsSection id="restart" title={strings.restart} hint={strings.restartHint}>
        <div>
          <p className={classes.label} id="restart-mode">
            {strings.restartModeLabel}
          </p>
          <SegmentedControl
            aria-labelledby="restart-mode"
            disabled={!mayUpdate}
            data={Object.entries(strings.restartModes).map(([value, label]) => ({ value, label }))}
            value={form.restartPolicy.mode}
            onChange={(mode) =>
              set({
                restartPolicy: { ...form.restartPolicy, mode: mode as 'never' | 'on-failure' | 'always' },
              })
            }
          />
        </div>
        {form.restartPolicy.mode !== 'never' && (
          <div className={classes.pair}>
            <NumberInput
              label={strings.maxRestarts}
              suffix={strings.restartsSuffix}
              error={issues['restartPolicy.maxRestarts']}
              value={form.restartPolicy.maxRestarts}
              min={0}
              max={100}
              allowDecimal={false}
              disabled={!mayUpdate}
              onChange={(times) =>
                set({ restartPolicy: { ...form.restartPolicy, maxRestarts: Number(times) } })
              }
            />
            <NumberInput
              label={strings.windowMinutes}
              suffix={strings.minutesSuffix}
              error={issues['restartPolicy.windowSeconds']}
              value={form.restartPolicy.windowSeconds / 60}
              min={1}
              max={1440}
              decimalScale={1}
              disabled={!mayUpdate}
              onChange={(minutes) =>
                set({
                  restartPolicy: { ...form.restartPolicy, windowSeconds: Math.round(Number(minutes) * 60) },
                })
              }
            />
          </div>
        )}
      </SettingsSection>
      <SettingsSection id="variables" title={strings.variables} hint={strings.variablesHint}>
        {variables.length > 0 ? (
          <VariableFields
            variables={variables}
            values={form.environment}
            errors={Object.fromEntries(variables.map(({ name }) => [name, issues[`environment.${name}`]]))}
            isReadOnly={!mayUpdate}
            keepsSecrets
            onChange={(name, value) => set({ environment: { ...form.environment, [name]: value } })}
          />
        ) : (
          <p className={classes.none}>
            {template || templates.isPending ? strings.noVariables : strings.templateUnknown}
          </p>
        )}
      </SettingsSection>
      <SettingsSection id="facts" title={strings.facts}>
        <ServerFacts server={server} />
      </SettingsSection>
      <DangerZone server={server} />
      {isDirty && (
        <section className={classes.saveBar} aria-label={strings.unsaved}>
          <div className={classes.saveText}>
            <strong>{strings.unsaved}</strong>
            <span className={classes.saveHint} role="status">
              {update.error
                ? `${strings.saveFailed}: ${sentenceOf(update.error)}`
                : Object.keys(found).length > 0
                  ? strings.invalid
                  : appliesAtNextStart(changes) && strings.nextStart}
            </span>
          </div>
          <Button variant="default" onClick={() => setEdited(undefined)}>
            {strings.discard}
          </Button>
          <Button type="submit" loading={update.isPending} disabled={Object.keys(found).length > 0}>
            {strings.save}
          </Button>
        </section>
      )}
      {blocker.state === 'blocked' && (
        <ConfirmDialog
          title={strings.leaveTitle}
          confirmLabel={strings.leaveButton}
          isBusy={false}
          error={null}
          onConfirm={() => blocker.proceed()}
          onClose={() => blocker.reset()}
        >
          {strings.leave}
        </ConfirmDialog>
      )}
    </form>
  );
}

/** `#limits` leads to the limits also when the page is made after the address was followed. */
function useScrollToSection(): void {
  const { hash } = useLocation();
  useEffect(() => {
    if (hash) document.getElementById(hash.slice(1))?.scrollIntoView({ block: 'start' });
  }, [hash]);
}
