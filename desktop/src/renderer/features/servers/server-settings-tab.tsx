import { useEffect } from 'react';
import { useBlocker, useLocation } from 'react-router';
import { sentenceOf } from '../../api/errors.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Notice } from '../../components/notice.tsx';
import { SaveBar } from '../../components/save-bar.tsx';
import { Section, SkeletonLines } from '../../components/section.tsx';
import { useTemplates } from '../templates/use-templates.ts';
import { CloneSection } from './clone-section.tsx';
import { DangerZone } from './danger-zone.tsx';
import { NextStart } from './next-start.tsx';
import { mayOnServer } from './power.ts';
import { ServerFacts } from './server-facts.tsx';
import {
  ContainerFields,
  GeneralFields,
  LimitFields,
  RestartFields,
  StartupFields,
} from './server-fields.tsx';
import { useShownServer } from './server-page.tsx';
import classes from './server-settings-tab.module.css';
import { settingsStrings as strings } from './settings-strings.ts';
import { shownVariables } from './shown-variables.ts';
import { useServerForm } from './use-server-form.ts';
import { VariableFields } from './variable-fields.tsx';

/** Everything about a server that can be changed, with what is dangerous at the end. */
export function ServerSettingsTab() {
  const server = useShownServer();
  const templates = useTemplates();
  const template = templates.data?.find(({ id }) => id === server.template.id);
  const variables = template ? shownVariables(template, server) : [];
  const mayUpdate = mayOnServer(server, 'server.update');
  const { fields, ...state } = useServerForm(server, variables, !mayUpdate);
  const { form, issues, set } = fields;
  const blocker = useBlocker(state.isDirty && !state.isSaving);
  useScrollToSection();
  return (
    <form
      className={classes.page}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        state.save();
      }}
    >
      {!mayUpdate && <Notice tone="info">{strings.readOnly}</Notice>}
      <GeneralFields {...fields} />
      <LimitFields {...fields} server={server} defaults={template?.defaults} />
      <ContainerFields {...fields} server={server} template={template} />
      <StartupFields {...fields} template={template} />
      <RestartFields {...fields} />
      <Section id="variables" title={strings.variables} hint={strings.variablesHint}>
        {variables.length > 0 ? (
          <VariableFields
            variables={variables}
            values={form.environment}
            errors={Object.fromEntries(variables.map(({ name }) => [name, issues[`environment.${name}`]]))}
            isReadOnly={!mayUpdate}
            keepsSecrets
            onChange={(name, value) => set({ environment: { [name]: value } })}
          />
        ) : templates.isLoading ? (
          <SkeletonLines count={3} />
        ) : (
          <p className={classes.none}>{template ? strings.noVariables : strings.templateUnknown}</p>
        )}
      </Section>
      {mayOnServer(server, 'file.read') && <NextStart server={server} />}
      <Section id="facts" title={strings.facts}>
        <ServerFacts server={server} />
      </Section>
      <CloneSection server={server} />
      <DangerZone server={server} />
      {state.isDirty && (
        <SaveBar isSaving={state.isSaving} isValid={state.isValid} onDiscard={state.discard}>
          {state.error
            ? `${strings.saveFailed}: ${sentenceOf(state.error)}`
            : state.isValid
              ? state.waitsForStart && strings.nextStart
              : strings.invalid}
        </SaveBar>
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
