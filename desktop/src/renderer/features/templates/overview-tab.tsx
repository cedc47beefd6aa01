import type { Template } from '@catalyst/shared/features/templates';
import type { ReactNode } from 'react';
import { Copyable } from '../../components/copy-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { Notice } from '../../components/notice.tsx';
import { Section } from '../../components/section.tsx';
import { formatCores, formatMegabytes } from '../../components/units.ts';
import list from '../people/people-list.module.css';
import { useMay } from '../sessions/use-session.ts';
import { CodeText } from './code-text.tsx';
import { doneInWords, restartInWords, stopInWords, timeInWords } from './rule-words.ts';
import { ServerLinks } from './server-links.tsx';
import { shownWord } from './shown-word.ts';
import { strings } from './strings.ts';
import { useShownTemplate } from './template-page.tsx';
import { useServersOf } from './use-templates.ts';
import { VariableTable } from './variable-table.tsx';

/** All a template says, in words. */
export function OverviewTab() {
  const template = useShownTemplate();
  const mayCreate = useMay('template.create');
  const { images, variables, ports, configFiles, fileDenylist } = template;
  return (
    <div className={list.page}>
      {template.origin === 'built-in' && mayCreate && <Notice tone="info">{strings.builtInNotice}</Notice>}
      <About template={template} />
      <Startup template={template} />
      <Section id="images" title={strings.imagesTitle}>
        {Object.keys(images).length === 0 ? (
          <p className={list.hint}>{strings.noImages}</p>
        ) : (
          <Facts
            facts={Object.entries(images).map(([label, image]) => [
              label,
              <Copyable key={label} value={image} what="image" />,
            ])}
          />
        )}
      </Section>
      <Section id="variables" title={strings.variablesTitle} hint={strings.variables(variables.length)}>
        {variables.length === 0 ? (
          <p className={list.hint}>{strings.noVariables}</p>
        ) : (
          <VariableTable variables={variables} />
        )}
      </Section>
      <Section id="ports" title={strings.ports}>
        <Facts
          facts={ports.map(({ name, label, protocol, preferred, offset, variable }) => [
            label,
            <>
              <code>{name}</code>:{' '}
              {offset
                ? strings.portBeside(protocol, offset.from, offset.by)
                : strings.portOf(protocol, preferred)}
              {variable !== undefined && strings.portVariable(variable)}
            </>,
          ])}
        />
      </Section>
      <Section id="lifecycle" title={strings.lifecycle}>
        <Facts
          facts={[
            [strings.done, doneInWords(template.done)],
            [strings.stop, stopInWords(template.stop)],
            [strings.restart, restartInWords(template.restartPolicy)],
            [
              strings.saveCommands,
              template.saveCommands && strings.saveText(template.saveCommands.off, template.saveCommands.on),
            ],
          ]}
        />
      </Section>
      <Installation template={template} />
      {configFiles.length > 0 && (
        <Section id="config" title={strings.configFiles} hint={strings.configHint}>
          {configFiles.map((file) => (
            <CodeText
              key={file.path}
              title={file.path}
              hint={[file.parser, ...(file.createFile === false ? [strings.configNew] : [])].join(', ')}
              text={Object.entries(file.find)
                .map(
                  ([place, value]) =>
                    `${place} = ${typeof value === 'string' ? value : JSON.stringify(value)}`,
                )
                .join('\n')}
            />
          ))}
        </Section>
      )}
      {fileDenylist.length > 0 && (
        <Section id="denylist" title={strings.denylist} hint={strings.denylistHint}>
          <CodeText title={strings.patterns} text={fileDenylist.join('\n')} />
        </Section>
      )}
    </div>
  );
}

function About({ template }: { template: Template }) {
  const { description, origin, author, version, id, updateUrl, tags, features, defaults } = template;
  const servers = useServersOf(id);
  const orNothing = (text: ReactNode) => text || null;
  return (
    <Section id="about" title={strings.about}>
      <Facts
        facts={[
          [strings.description, orNothing(description)],
          [strings.origin, strings.origins[origin]],
          [strings.author, orNothing(author)],
          [strings.version, version],
          [strings.id, <Copyable key="id" value={id} what="id" />],
          [strings.updateUrl, updateUrl && <Copyable key="url" value={updateUrl} what="link" />],
          [strings.tags, orNothing(tags.join(', '))],
          [strings.features, orNothing(features.join(', '))],
          [strings.runsAs, runsAs(template)],
          [strings.terminal, template.terminal ? strings.terminalYes : null],
          [
            strings.memory,
            strings.memoryText(formatMegabytes(defaults.memoryMb), formatMegabytes(defaults.minimumMemoryMb)),
          ],
          [strings.cpu, formatCores(defaults.cpuCores)],
          [strings.disk, formatMegabytes(defaults.diskMb)],
          [strings.howToJoin, orNothing(template.howToJoin)],
          [strings.servers, servers.length > 0 ? <ServerLinks key="servers" servers={servers} /> : null],
        ]}
      />
    </Section>
  );
}

function runsAs({ images, processRuntime }: Template): string {
  if (Object.keys(images).length === 0) return strings.runsAsProcess;
  return processRuntime ? strings.runsAsBoth : strings.runsAsContainer;
}

function Startup({ template: { startup } }: { template: Template }) {
  const isArgv = 'argv' in startup;
  const environment = Object.entries(startup.environment);
  return (
    <Section id="startup" title={strings.startup} hint={strings.startupHint[isArgv ? 'argv' : 'shell']}>
      {isArgv ? (
        <CodeText title={strings.startup} text={startup.argv.map(shownWord).join('\n')} />
      ) : (
        Object.entries(startup.shell).map(([label, line]) => (
          <CodeText key={label} title={label} text={line} />
        ))
      )}
      {environment.length > 0 && (
        <CodeText
          title={strings.environment}
          text={environment.map(([name, value]) => `${name}=${value}`).join('\n')}
        />
      )}
    </Section>
  );
}

function Installation({ template: { install, hostPackages } }: { template: Template }) {
  const { steps, script, timeoutSeconds } = install;
  const isNothing = steps.length === 0 && !script;
  return (
    <Section
      id="install"
      title={strings.install}
      hint={isNothing ? undefined : strings.installLimit(timeInWords(timeoutSeconds))}
    >
      {isNothing && <p className={list.hint}>{strings.installNone}</p>}
      {steps.map((step, index) => {
        // The steps of a template have no names; they are shown in their order.
        const key = `${index} ${step.label}`;
        if (step.kind === 'run') {
          const text = step.argv.map(shownWord).join(' ');
          return <CodeText key={key} title={step.label} hint={strings.stepRun} text={text} />;
        }
        const hint =
          step.kind === 'write' ? strings.stepWrite(step.path) : strings.stepScript(step.entrypoint);
        return <CodeText key={key} title={step.label} hint={hint} text={step.content} />;
      })}
      {script && (
        <CodeText
          title={strings.script}
          hint={`${strings.scriptIn(script.image, script.entrypoint)}, ${strings.linesOf(script.content.split('\n').length)}`}
          text={script.content}
        />
      )}
      {hostPackages.length > 0 && (
        <Facts facts={[[strings.hostPackages, hostPackages.map(({ debian }) => debian).join(', ')]]} />
      )}
    </Section>
  );
}
