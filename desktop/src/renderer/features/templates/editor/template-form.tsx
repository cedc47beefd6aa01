import { Section } from '../../../components/section.tsx';
import list from '../../people/people-list.module.css';
import { listAt, recordAt, textAt, valueAt, withValue } from './json-values.ts';
import { LinesField } from './lines-field.tsx';
import { NamedRows } from './named-rows.tsx';
import { strings } from './strings.ts';
import { TemplatePortRows } from './template-port-rows.tsx';
import { type FormParts, TextField } from './text-field.tsx';
import { VariableRows } from './variable-rows.tsx';

interface TemplateFormProps {
  document: Record<string, unknown>;
  /** By dotted path. */
  errors: Readonly<Record<string, string>>;
  onChange: (document: unknown) => void;
  /** Whether a part holds names that cannot be in the document. */
  onBadNames: (part: string, hasSome: boolean) => void;
}

/** The parts of a template that are changed most, as fields. All of it is in the JSON. */
export function TemplateForm({ document, errors, onChange, onBadNames }: TemplateFormProps) {
  const parts: FormParts = {
    document,
    errors,
    set: (path, value) => onChange(withValue(document, path, value)),
    onBadNames,
  };
  return (
    <>
      <Section id="general" title={strings.general}>
        <TextField parts={parts} path={['name']} label={strings.name} maxLength={80} />
        <TextField parts={parts} path={['summary']} label={strings.summary} maxLength={200} />
        <TextField parts={parts} path={['description']} label={strings.description} isLong maxLength={4000} />
        <TextField parts={parts} path={['author']} label={strings.author} maxLength={200} />
        <TextField
          parts={parts}
          path={['howToJoin']}
          label={strings.howToJoin}
          hint={strings.howToJoinHint}
          maxLength={500}
        />
      </Section>
      <Section id="startup" title={strings.startup} hint={strings.startupHint}>
        <Startup parts={parts} />
      </Section>
      <Section id="images" title={strings.images} hint={strings.imagesHint}>
        <NamedRows
          values={recordAt(document, ['images'])}
          names={{ name: strings.imageLabel, value: strings.image, add: strings.addImage }}
          errorOf={(label) => errors[`images.${label}`]}
          onChange={(images) => parts.set(['images'], images)}
          onBadNames={(hasSome) => onBadNames('images', hasSome)}
        />
      </Section>
      <Section id="variables" title={strings.variables} hint={strings.variablesHint}>
        <VariableRows parts={parts} />
      </Section>
      <Section id="ports" title={strings.ports} hint={strings.portsHint}>
        <TemplatePortRows parts={parts} />
      </Section>
      <Section id="install" title={strings.install}>
        {valueAt(document, ['install', 'script']) === undefined ? (
          <p className={list.hint}>{strings.noScript}</p>
        ) : (
          <TextField
            parts={parts}
            path={['install', 'script', 'content']}
            label={strings.script}
            hint={strings.scriptHint(textAt(document, ['install', 'script', 'image']))}
            isLong
            isCode
          />
        )}
      </Section>
    </>
  );
}

function Startup({ parts }: { parts: FormParts }) {
  const { document, errors, set } = parts;
  const isShell = valueAt(document, ['startup', 'shell']) !== undefined;
  return (
    <>
      {isShell ? (
        <NamedRows
          values={recordAt(document, ['startup', 'shell'])}
          names={{ name: strings.lineLabel, value: strings.lineText, add: strings.addLine }}
          errorOf={(label) => errors[`startup.shell.${label}`]}
          isLong
          onChange={(shell) => set(['startup', 'shell'], shell)}
          onBadNames={(hasSome) => parts.onBadNames('shell', hasSome)}
        />
      ) : (
        <LinesField
          label={strings.argv}
          lines={listAt(document, ['startup', 'argv']).map(String)}
          error={errors['startup.argv']}
          onChange={(argv) => set(['startup', 'argv'], argv)}
        />
      )}
      <NamedRows
        values={recordAt(document, ['startup', 'environment'])}
        names={{
          title: strings.environment,
          name: strings.environmentName,
          value: strings.environmentValue,
          add: strings.addEnvironment,
        }}
        errorOf={(name) => errors[`startup.environment.${name}`]}
        onChange={(environment) => set(['startup', 'environment'], environment)}
        onBadNames={(hasSome) => parts.onBadNames('environment', hasSome)}
      />
    </>
  );
}
