import type { DoctorCheck } from '@catalyst/shared/features/doctor-link';

type About = Pick<DoctorCheck, 'id' | 'title'>;

/** How a check can end. */
export const checkOf = (id: string, title: string) => new CheckResult({ id, title });

class CheckResult {
  readonly #about: About;

  constructor(about: About) {
    this.#about = about;
  }

  ok(text: string): DoctorCheck {
    return { ...this.#about, status: 'ok', text, fix: null, command: null };
  }

  warning(text: string, fix: string | null = null, command: string | null = null): DoctorCheck {
    return { ...this.#about, status: 'warning', text, fix, command };
  }

  problem(text: string, fix: string | null = null, command: string | null = null): DoctorCheck {
    return { ...this.#about, status: 'problem', text, fix, command };
  }
}

export const installCommand = (...packages: string[]) =>
  `apt-get update && apt-get install -y ${packages.join(' ')}`;
