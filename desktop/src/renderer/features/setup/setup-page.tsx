import { Setup } from '@catalyst/shared/features/sessions';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Navigate, useNavigate } from 'react-router';
import { api } from '../../api/client.ts';
import { hasCode, issuesByField } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { Failure } from '../../components/failure.tsx';
import { validateWith } from '../../components/form-validation.ts';
import { Notice } from '../../components/notice.tsx';
import { useDocumentTitle } from '../../components/page-header.tsx';
import classes from '../sessions/entry-page.module.css';
import { EntryPage } from '../sessions/entry-page.tsx';
import { PanelUnreachable } from '../sessions/panel-unreachable.tsx';
import { suggestedName } from '../sessions/suggested-name.ts';
import { useBeginSession } from '../sessions/use-session.ts';
import { setupCodeOf } from './setup-code.ts';
import { strings } from './strings.ts';

/** Makes the first administrator; a panel that has one sends people to sign in. */
export function SetupPage() {
  useDocumentTitle(strings.title);
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const begin = useBeginSession();
  const codeInAddress = setupCodeOf(location) ?? '';
  const state = useQuery({
    queryKey: keys.setup,
    queryFn: ({ signal }) => api.sessions.setupState({ signal }),
    retry: false,
    refetchInterval: ({ state }) => (hasCode(state.error, 'unavailable') ? 3000 : false),
  });
  const form = useForm({
    initialValues: { code: codeInAddress, email: '', name: '', password: '' },
    validate: validateWith(Setup),
    validateInputOnBlur: ['email', 'name', 'password'],
  });
  const setup = useMutation({
    mutationFn: (body: typeof form.values) => api.sessions.setup({ body }),
    onSuccess: ({ user }) => {
      begin(user);
      navigate('/servers', { replace: true });
    },
  });
  const { error } = setup;
  useEffect(() => {
    if (hasCode(error, 'invalid_credentials', 'forbidden')) form.setErrors({ code: strings.wrongCode });
    else form.setErrors(issuesByField(error));
    // A panel that was set up meanwhile answers 404 from now on.
    if (hasCode(error, 'not_found')) void queryClient.invalidateQueries({ queryKey: keys.setup });
  }, [error, form.setErrors, queryClient]);

  if (hasCode(state.error, 'not_found') || state.data === null) return <Navigate to="/sign-in" replace />;
  /** The name follows the address until it is typed by hand. */
  const setEmail = (email: string) => {
    if (form.values.name === suggestedName(form.values.email)) {
      form.setFieldValue('name', suggestedName(email));
    }
    form.setFieldValue('email', email);
  };
  const isFieldError = hasCode(error, 'invalid_credentials', 'forbidden', 'invalid_input');
  return (
    <EntryPage title={strings.title} lead={codeInAddress ? strings.leadWithCode : strings.lead}>
      {state.data?.insecureTransport && (
        <Notice tone="warning" title={strings.insecureTitle}>
          {strings.insecure}
        </Notice>
      )}
      {hasCode(state.error, 'unavailable') && <PanelUnreachable />}
      <form
        className={classes.form}
        onSubmit={form.onSubmit((values) => setup.mutate(values))}
        noValidate
        aria-busy={state.isPending}
      >
        {(!codeInAddress || form.errors.code) && (
          <TextInput
            label={strings.code}
            description={strings.codeHint}
            autoComplete="off"
            spellCheck={false}
            autoFocus
            {...form.getInputProps('code')}
          />
        )}
        <TextInput
          label={strings.email}
          type="email"
          autoComplete="username"
          autoFocus={Boolean(codeInAddress)}
          {...form.getInputProps('email')}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <TextInput
          label={strings.name}
          description={strings.nameHint}
          autoComplete="nickname"
          spellCheck={false}
          autoCapitalize="none"
          {...form.getInputProps('name')}
        />
        <PasswordInput
          label={strings.password}
          description={strings.passwordHint}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        {error && !isFieldError && <Failure title={strings.failed} error={error} />}
        <Button type="submit" fullWidth loading={setup.isPending}>
          {strings.create}
        </Button>
      </form>
    </EntryPage>
  );
}
