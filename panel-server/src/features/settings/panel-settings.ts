import { AppError } from '@catalyst/shared/contract/errors';
import type {
  PanelSettingChanges,
  PanelSettings as PanelSettingsAnswer,
} from '@catalyst/shared/features/settings';
import type { z } from 'zod';
import type { Config } from '../../config.ts';
import type { FrontDoor } from '../../http/front-door.ts';
import type { SettingsService } from './settings.service.ts';

type Answer = z.output<typeof PanelSettingsAnswer>;
type Values = Omit<Answer, 'isPublicUrlFixed' | 'linkBase'>;
type Changes = z.output<typeof PanelSettingChanges>;

const defaults: Values = {
  registration: { mode: 'invite', domains: [] },
  publicUrl: null,
  passwords: { minLength: 10, breachApiUrl: null },
  suspendedDeletion: 'administrators',
  uploadLimitMb: 100,
  allowedNetworks: [],
};

const nameOf = (field: keyof Values) => `panel.${field}`;

/** What administrators decide while the panel runs. Read anew each time, as another panel may have changed it. */
export class PanelSettings {
  readonly #settings: SettingsService;
  readonly #config: Pick<Config, 'publicUrl' | 'host'>;
  readonly #door: FrontDoor;

  constructor(settings: SettingsService, config: Pick<Config, 'publicUrl' | 'host'>, door: FrontDoor) {
    this.#settings = settings;
    this.#config = config;
    this.#door = door;
  }

  async read<Field extends keyof Values>(field: Field): Promise<Values[Field]> {
    const fixed = field === 'publicUrl' ? this.#config.publicUrl?.origin : undefined;
    return ((fixed ?? (await this.#settings.get(nameOf(field)))) as Values[Field]) ?? defaults[field];
  }

  async describe(): Promise<Answer> {
    return {
      registration: await this.read('registration'),
      publicUrl: await this.read('publicUrl'),
      passwords: await this.read('passwords'),
      suspendedDeletion: await this.read('suspendedDeletion'),
      uploadLimitMb: await this.read('uploadLimitMb'),
      allowedNetworks: await this.read('allowedNetworks'),
      isPublicUrlFixed: this.#config.publicUrl !== undefined,
      linkBase: await this.linkBase(),
    };
  }

  async update(changes: Changes): Promise<Answer> {
    if (changes.publicUrl !== undefined && this.#config.publicUrl) {
      throw new AppError('conflict', 'The address comes from CATALYST_PUBLIC_URL and is changed there');
    }
    if (changes.registration?.mode === 'domain' && changes.registration.domains.length === 0) {
      throw new AppError('invalid_input', 'Some of the input is not right', {
        issues: [{ path: 'registration.domains', message: 'must name at least one domain' }],
      });
    }
    for (const [field, value] of Object.entries(changes)) {
      if (value !== undefined) await this.#settings.set(nameOf(field as keyof Values), value);
    }
    return this.describe();
  }

  /** What links begin with: never what a request says its host is. */
  async linkBase(): Promise<string> {
    return (await this.read('publicUrl')) ?? this.#door.addressFor(this.#config.host).url;
  }

  /** A link to a page of the interface; its token stands behind the `#`, which browsers send nowhere. */
  async link(page: 'register' | 'verify' | 'reset', token: string): Promise<{ url: string; path: string }> {
    const path = `/${page}#${token}`;
    return { url: (await this.linkBase()) + path, path };
  }
}
