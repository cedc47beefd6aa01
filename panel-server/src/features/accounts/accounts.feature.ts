import type { PanelCore } from '../../core.ts';
import { registerFactorRoutes } from '../factors/factors.routes.ts';
import { Factors } from '../factors/factors.service.ts';
import { registerOidcRoutes } from '../oidc/oidc.routes.ts';
import { OidcProviders } from '../oidc/oidc-providers.ts';
import { OidcSignIn } from '../oidc/oidc-sign-in.ts';
import { registerSessionRoutes } from '../sessions/sessions.routes.ts';
import { SessionsService } from '../sessions/sessions.service.ts';
import type { SetupService } from '../sessions/setup.service.ts';
import { SignIn } from '../sessions/sign-in.ts';
import { AccountTokens } from './account-tokens.ts';
import { registerAccountRoutes } from './accounts.routes.ts';
import { Invitations } from './invitations.service.ts';
import { PasswordReset } from './password-reset.service.ts';
import { Profile } from './profile.service.ts';
import { Registration } from './registration.service.ts';

export interface Accounts {
  signIn: SignIn;
  sessions: SessionsService;
  factors: Factors;
  providers: OidcProviders;
  oidc: OidcSignIn;
  invitations: Invitations;
  registration: Registration;
  passwordReset: PasswordReset;
  profile: Profile;
}

/** How people come by an account, sign in to it and keep it theirs. Gives what other doors than the website need of it. */
export function registerAccounts(
  core: PanelCore,
  setup: SetupService,
): { tokens: AccountTokens; factors: Factors } {
  const tokens = new AccountTokens(core.database, core.secretBox, core.log.child({ part: 'accounts' }));
  core.onClose(() => tokens.close());
  const factors = new Factors(core, tokens);
  const signIn = new SignIn(core, tokens, factors);
  const providers = new OidcProviders(core);
  const invitations = new Invitations(core, tokens);
  const accounts: Accounts = {
    signIn,
    sessions: new SessionsService(core, factors),
    factors,
    providers,
    oidc: new OidcSignIn(core, { tokens, providers, signIn, factors }),
    invitations,
    registration: new Registration(core, tokens, invitations, signIn),
    passwordReset: new PasswordReset(core, tokens),
    profile: new Profile(core, tokens),
  };
  registerSessionRoutes(core.http, accounts, setup);
  registerAccountRoutes(core, accounts);
  registerFactorRoutes(core, accounts, tokens);
  registerOidcRoutes(core, accounts);
  return { tokens, factors };
}
