import { type ApiKey, NewApiKey } from '@catalyst/shared/features/api-keys';
import { Button, Modal, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import '@mantine/core/styles/NumberInput.layer.css';
import { useForm } from '@mantine/form';
import { useEffect, useMemo } from 'react';
import { hasCode, issuesByField } from '../../api/errors.ts';
import dialog from '../../components/confirm-dialog.module.css';
import { Failure } from '../../components/failure.tsx';
import { validateWith } from '../../components/form-validation.ts';
import { strings as shared } from '../../components/strings.ts';
import { useUser } from '../sessions/use-session.ts';
import { CreatedKeyDialog } from './created-key-dialog.tsx';
import classes from './key-dialog.module.css';
import { bodyOf, type Expiry, grantableToKeys, type KeyFormValues, valuesOf } from './key-form.ts';
import { ScopeChoice } from './scope-choice.tsx';
import { strings } from './strings.ts';
import { type KeyPlace, useCreateKey, useUpdateKey } from './use-api-keys.ts';

interface KeyDialogProps {
  /** The one to change; a new one without it. */
  apiKey?: ApiKey;
  place: KeyPlace;
  onClose: () => void;
}

const expiries = ['7', '30', '90', '365', 'date', 'never'] as const;

export function KeyDialog({ apiKey, place, onClose }: KeyDialogProps) {
  const { permissions } = useUser();
  const held = useMemo(() => grantableToKeys(permissions), [permissions]);
  const create = useCreateKey();
  const update = useUpdateKey(apiKey?.id ?? '', place);
  const { error, isPending } = apiKey ? update : create;
  const form = useForm<KeyFormValues>({
    initialValues: valuesOf(apiKey, held),
    validate: (values) => fieldErrors(validateWith(NewApiKey)(bodyOf(values, new Date()))),
  });
  useEffect(() => form.setErrors(fieldErrors(issuesByField(error))), [error, form.setErrors]);
  if (create.data) return <CreatedKeyDialog created={create.data} onClose={onClose} />;
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={apiKey ? strings.editTitle(apiKey.name) : strings.createTitle}
    >
      <form
        className={dialog.form}
        noValidate
        onSubmit={form.onSubmit((values) => {
          const body = bodyOf(values, new Date());
          if (apiKey) update.mutate(body, { onSuccess: onClose });
          else create.mutate(body);
        })}
      >
        <TextInput
          label={strings.name}
          description={strings.nameHint}
          maxLength={60}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <ScopeChoice
          value={form.values.scopes}
          onChange={(scopes) => form.setFieldValue('scopes', scopes)}
          held={held}
          hint={place === 'own' || !apiKey ? strings.scopesHint : strings.scopesOf(apiKey.owner.name)}
          error={form.errors.scopes}
        />
        <div className={classes.pair}>
          <Select
            label={strings.expiry}
            data={expiries.map((value) => ({ value, label: strings.expiries[value] }))}
            value={form.values.expiry}
            onChange={(expiry) => form.setFieldValue('expiry', expiry as Expiry)}
          />
          {form.values.expiry === 'date' && (
            <TextInput
              type="date"
              label={strings.expiryDate}
              value={form.values.expiryDate}
              onChange={(event) => form.setFieldValue('expiryDate', event.currentTarget.value)}
              error={form.errors.expiresAt}
            />
          )}
          <NumberInput
            label={strings.limit}
            description={strings.limitHint}
            min={1}
            allowDecimal={false}
            value={form.values.requestsPerMinute ?? ''}
            onChange={(value) => form.setFieldValue('requestsPerMinute', value === '' ? null : Number(value))}
            error={form.errors.requestsPerMinute}
          />
        </div>
        <Textarea
          label={strings.addresses}
          description={strings.addressesHint}
          autosize
          minRows={1}
          maxRows={6}
          spellCheck={false}
          value={form.values.addresses}
          onChange={(event) => form.setFieldValue('addresses', event.currentTarget.value)}
          error={form.errors.allowedAddresses}
        />
        {error && !hasCode(error, 'invalid_input') && (
          <Failure title={apiKey ? strings.saveFailed : strings.createFailed} error={error} />
        )}
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>
            {shared.cancel}
          </Button>
          <Button type="submit" loading={isPending}>
            {apiKey ? strings.save : strings.create}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** What is wrong with one entry of a list is said at its field. */
function fieldErrors(errors: Record<string, string>): Record<string, string> {
  const byField: Record<string, string> = {};
  for (const [path, message] of Object.entries(errors)) {
    const field = path.split('.')[0] ?? path;
    byField[field] ??= field === 'expiresAt' ? strings.dateMissing : message;
  }
  return byField;
}
