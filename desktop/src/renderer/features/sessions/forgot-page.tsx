import { accountRoutes } from '@catalyst/shared/features/accounts';
import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { validateWith } from '../../components/form-validation.ts';
import { Notice } from '../../components/notice.tsx';
import { useDocumentTitle } from '../../components/page-header.tsx';
import { BackToSignIn } from './back-to-sign-in.tsx';
import { EntryError } from './entry-error.tsx';
import classes from './entry-page.module.css';
import { EntryPage } from './entry-page.tsx';
import { strings } from './strings.ts';
import { useSignInOptions } from './use-sign-in-options.ts';
import { useWaitSeconds } from './use-wait-seconds.ts';

/** Has a link for a new password mailed. Says the same whether or not there is such an account. */
export function ForgotPage() {
  useDocumentTitle(strings.forgotTitle);
  const { data: options } = useSignInOptions();
  const form = useForm({
    initialValues: { email: '' },
    validate: validateWith(accountRoutes.forgot.schema.body),
  });
  const forgot = useMutation({ mutationFn: (body: { email: string }) => api.accounts.forgot({ body }) });
  const waitSeconds = useWaitSeconds(forgot.error);
  const hasNoMail = options?.passwordReset === false;
  return (
    <EntryPage
      title={forgot.isSuccess ? strings.mailedTitle : strings.forgotTitle}
      lead={hasNoMail ? strings.forgotWithoutMail : forgot.isSuccess ? '' : strings.forgotLead}
    >
      {forgot.isSuccess && (
        <Notice tone="success" urgent>
          {strings.forgotSent(forgot.variables.email)}
        </Notice>
      )}
      {!hasNoMail && !forgot.isSuccess && (
        <form
          className={classes.form}
          noValidate
          onSubmit={form.onSubmit((values) => {
            if (waitSeconds === 0) forgot.mutate(values);
          })}
        >
          <TextInput
            label={strings.email}
            type="email"
            name="email"
            autoComplete="username"
            autoFocus
            {...form.getInputProps('email')}
          />
          <EntryError error={forgot.error} title={strings.forgotFailed} waitSeconds={waitSeconds} />
          <Button type="submit" fullWidth loading={forgot.isPending} disabled={waitSeconds > 0}>
            {waitSeconds > 0 ? strings.waitButton(waitSeconds) : strings.sendLink}
          </Button>
        </form>
      )}
      <BackToSignIn />
    </EntryPage>
  );
}
