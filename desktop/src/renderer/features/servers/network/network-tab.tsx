import { isUp } from '@catalyst/shared/features/server-states';
import type { Server } from '@catalyst/shared/features/servers';
import { useBlocker } from 'react-router';
import { sentenceOf } from '../../../api/errors.ts';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { Copyable } from '../../../components/copy-button.tsx';
import { Failure } from '../../../components/failure.tsx';
import { SaveBar } from '../../../components/save-bar.tsx';
import { Section, SkeletonLines } from '../../../components/section.tsx';
import { useTemplates } from '../../templates/use-templates.ts';
import { useShownServer } from '../server-page.tsx';
import tabClasses from '../server-settings-tab.module.css';
import { serverStrings } from '../server-strings.ts';
import { settingsStrings } from '../settings-strings.ts';
import { LivePortNotes } from './live-port.tsx';
import { NetworkFields } from './network-fields.tsx';
import { PortPoolHint } from './port-pool-hint.tsx';
import classes from './port-rows.module.css';
import { PortRows } from './port-rows.tsx';
import { strings } from './strings.ts';
import { useLivePorts } from './use-live-ports.ts';
import { useNetworkForm } from './use-network-form.ts';

/** Where a server is reached, and how it is attached. */
export function NetworkTab() {
  const server = useShownServer();
  const templates = useTemplates();
  const template = templates.data?.find(({ id }) => id === server.template.id);
  const form = useNetworkForm(server, template);
  const blocker = useBlocker(form.isDirty && !form.isSaving);
  return (
    <form
      className={tabClasses.page}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        form.save();
      }}
    >
      <Section id="addresses" title={strings.addresses} hint={strings.addressesHint}>
        <Addresses server={server} />
      </Section>
      <Section id="ports" title={strings.ports} hint={form.mayPorts ? strings.portsHint : undefined}>
        {form.mayPorts ? (
          <>
            <PortRows
              rows={form.rows}
              isTranslating={form.isTranslating}
              isOwnAddress={form.isOwnAddress}
              issueOf={form.issueOf}
              onChange={form.setRows}
            />
            {!form.isOwnAddress && <PortPoolHint nodeId={server.node.id} />}
          </>
        ) : templates.isLoading ? (
          <SkeletonLines count={2} />
        ) : (
          <p className={classes.none}>{template ? strings.portsReadOnly : settingsStrings.templateUnknown}</p>
        )}
      </Section>
      <Section
        id="network"
        title={strings.network}
        hint={form.mayNetwork ? strings.networkHint : strings.networkReadOnly}
      >
        <Attachment server={server} form={form} />
      </Section>
      {form.isDirty && (
        <SaveBar isSaving={form.isSaving} isValid={form.isValid} onDiscard={form.discard}>
          {form.error
            ? `${strings.saveFailed}: ${sentenceOf(form.error)}`
            : form.isValid
              ? isUp(server.state) && strings.nextStart
              : strings.invalid}
        </SaveBar>
      )}
      {blocker.state === 'blocked' && (
        <ConfirmDialog
          title={settingsStrings.leaveTitle}
          confirmLabel={settingsStrings.leaveButton}
          isBusy={false}
          error={null}
          onConfirm={() => blocker.proceed()}
          onClose={() => blocker.reset()}
        >
          {settingsStrings.leave}
        </ConfirmDialog>
      )}
    </form>
  );
}

function Addresses({ server }: { server: Server }) {
  const live = useLivePorts(server);
  if (server.portBindings.length === 0) return <p className={classes.none}>{strings.noAddresses}</p>;
  return (
    <ul className={classes.addresses}>
      {server.portBindings.map(({ name, address, protocol, targetPort, primary, notes }) => (
        <li key={name} className={classes.address}>
          <span className={classes.name}>{name}</span>
          <span className={classes.value}>
            <Copyable value={address} what="address" />
            <span className={classes.sub}>
              {[
                serverStrings.protocols[protocol],
                ...(primary ? [strings.primary] : []),
                ...(targetPort === undefined ? [] : [strings.inGame(targetPort)]),
                ...(notes === '' ? [] : [notes]),
              ].join(' · ')}
            </span>
            <LivePortNotes ports={live.filter((port) => port.name === name)} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Attachment({ server, form }: { server: Server; form: ReturnType<typeof useNetworkForm> }) {
  const { options, network, networks } = form;
  if (server.runtime !== 'containerd') return <p className={classes.none}>{strings.processNetwork}</p>;
  const option = options.find(({ value }) => value === network.networkMode);
  if (!form.mayNetwork) {
    return (
      <p className={classes.none}>
        <strong>{option?.label ?? server.networkMode}</strong>
        {server.staticIp && <> · {server.staticIp}</>}
        {option?.hint && <>. {option.hint}</>}
      </p>
    );
  }
  return (
    <>
      {form.networksError && <Failure title={strings.networksFailed} error={form.networksError} />}
      <NetworkFields
        options={options}
        networks={networks}
        value={network}
        issueOf={form.issueOf}
        onChange={form.setNetwork}
      />
    </>
  );
}
