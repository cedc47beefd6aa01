import { filledLine, renderTemplate } from '@catalyst/shared/features/render-template';
import { useMemo } from 'react';
import { Section } from '../../../components/section.tsx';
import list from '../../people/people-list.module.css';
import { CodeText } from '../code-text.tsx';
import { shownWord } from '../shown-word.ts';
import type { TemplateContent } from '../template-content.ts';
import { strings } from './strings.ts';
import { asTemplate } from './template-draft.ts';

/** What a server made of it would be started and installed by, with every default in its place. */
export function TemplatePreview({ content }: { content: TemplateContent }) {
  const { commands, environment, steps } = useMemo(() => previewOf(content), [content]);
  return (
    <>
      <p className={list.hint}>{strings.previewLead}</p>
      <Section id="preview-command" title={strings.previewCommand}>
        {commands.map(({ title, text }) => (
          <CodeText key={title} title={title} text={text} />
        ))}
      </Section>
      <Section id="preview-environment" title={strings.previewEnvironment}>
        <CodeText title={strings.previewEnvironment} text={environment} />
      </Section>
      {steps.length > 0 && (
        <Section id="preview-install" title={strings.previewInstall}>
          {steps.map(({ title, text }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps have no names of their own, and their order is what they are
            <CodeText key={index} title={title} text={text} />
          ))}
        </Section>
      )}
    </>
  );
}

function previewOf(content: TemplateContent) {
  const { startup, variables, ports, defaults } = content;
  const rendered = renderTemplate(asTemplate(content), {
    serverId: '00000000-0000-7000-8000-000000000000',
    variables: Object.fromEntries(variables.map(({ name, defaultValue }) => [name, defaultValue])),
    memoryMb: defaults.memoryMb,
    ports: ports.map(({ name, protocol, preferred }) => ({ name, protocol, ip: '0.0.0.0', port: preferred })),
  });
  const { argv, environment, installSteps } = rendered;
  return {
    commands:
      'shell' in startup
        ? Object.entries(startup.shell).map(([title, line]) => ({
            title,
            text: filledLine(line, environment),
          }))
        : [{ title: strings.previewCommand, text: argv.map(shownWord).join(' ') }],
    environment: Object.entries(environment)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
    steps: installSteps.map((step) => ({
      title: step.label,
      text: step.kind === 'run' ? step.argv.map(shownWord).join(' ') : step.content,
    })),
  };
}
