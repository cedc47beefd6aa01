import { Failure } from '../../components/failure.tsx';
import { SectionSkeleton } from '../../components/section.tsx';
import { strings as shared } from '../../components/strings.ts';
import classes from './account-page.module.css';
import { IdentitiesSection } from './identities-section.tsx';
import { PasskeysSection } from './passkeys-section.tsx';
import { PasswordSection } from './password-section.tsx';
import { SshKeysSection } from './ssh-keys-section.tsx';
import { strings } from './strings.ts';
import { TotpSection } from './totp-section.tsx';
import { useFactors } from './use-factors.ts';

/** By what a person signs in. */
export function SecurityTab() {
  const { data: factors, error, isFetching, refetch } = useFactors();
  if (!factors) {
    return error ? (
      <Failure
        title={strings.factorsFailed}
        error={error}
        retry={() => void refetch()}
        isRetrying={isFetching}
      />
    ) : (
      <div role="status" aria-label={shared.loading} className={classes.wide}>
        <SectionSkeleton lines={3} />
        <SectionSkeleton lines={2} />
        <SectionSkeleton lines={2} />
      </div>
    );
  }
  return (
    <>
      <PasswordSection hasPassword={factors.hasPassword} />
      <TotpSection factors={factors} />
      <PasskeysSection passkeys={factors.passkeys} problem={factors.passkeyProblem} />
      <SshKeysSection />
      <IdentitiesSection identities={factors.identities} />
    </>
  );
}
