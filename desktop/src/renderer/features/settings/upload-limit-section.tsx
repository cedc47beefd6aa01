import { Button, NumberInput } from '@mantine/core';
import '@mantine/core/styles/NumberInput.layer.css';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { sentenceOf } from '../../api/errors.ts';
import { Section } from '../../components/section.tsx';
import classes from './settings-form.module.css';
import { strings } from './strings.ts';
import { useUpdatePanelSettings } from './use-panel-settings.ts';

const mostMb = 102_400;

/** How much one request may upload to a server. */
export function UploadLimitSection({ limitMb, isReadOnly }: { limitMb: number; isReadOnly: boolean }) {
  const update = useUpdatePanelSettings();
  const form = useForm<{ limitMb: number | string }>({
    initialValues: { limitMb },
    validate: { limitMb: (value) => (isLimit(value) ? null : strings.uploadLimitRange) },
  });
  const save = form.onSubmit((values) =>
    update.mutate(
      { uploadLimitMb: Number(values.limitMb) },
      {
        onSuccess: () => notifications.show({ message: strings.saved }),
        onError: (problem) =>
          notifications.show({ color: 'red', title: strings.saveFailed, message: sentenceOf(problem) }),
      },
    ),
  );
  return (
    <Section id="uploads" title={strings.uploads} hint={strings.uploadsHint}>
      <form onSubmit={save} noValidate className={classes.form}>
        <NumberInput
          className={classes.narrow}
          label={strings.uploadLimit}
          min={1}
          max={mostMb}
          allowDecimal={false}
          clampBehavior="none"
          disabled={isReadOnly}
          {...form.getInputProps('limitMb')}
        />
        <div>
          <Button type="submit" loading={update.isPending} disabled={isReadOnly || !form.isDirty()}>
            {strings.saveUploadLimit}
          </Button>
        </div>
      </form>
    </Section>
  );
}

const isLimit = (value: number | string) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= mostMb;
