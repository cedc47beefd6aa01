import { hash } from 'node:crypto';
import { AppError } from '@catalyst/shared/contract/errors';
import type { Logger } from '../../logger.ts';
import { guardedFetch } from '../../outbound/guarded-fetch.ts';
import type { PanelSettings } from '../settings/panel-settings.ts';
import { commonWords, fingerRows } from './common-passwords.ts';

const longestRangeWaitMs = 3000;
/** Of a password, beyond what it takes from its owner's name. */
const fewestOwnCharacters = 8;

/** What a new password must be, besides what the contract says of any. */
export class PasswordRules {
  readonly #settings: PanelSettings;
  readonly #log: Logger;

  constructor(settings: PanelSettings, log: Logger) {
    this.#settings = settings;
    this.#log = log;
  }

  /** Throws `invalid_input` for a password that others would try. `about`: names and addresses of its owner. */
  async require(password: string, about: string[] = [], field = 'password'): Promise<void> {
    const { minLength, breachApiUrl } = await this.#settings.read('passwords');
    const problem =
      [...password].length < minLength
        ? `must have at least ${minLength} characters`
        : isCommon(password)
          ? 'is one that everybody tries first'
          : isAbout(password, about)
            ? 'must not be made of your name or address'
            : breachApiUrl && (await this.#isBreached(password, breachApiUrl))
              ? 'is known from a breach elsewhere'
              : undefined;
    if (!problem) return;
    const issues = [{ path: field, message: problem }];
    throw new AppError('invalid_input', 'This password cannot be used', { issues });
  }

  /** Only the first five digits of the hash leave the panel. An answer that does not come stops nobody. */
  async #isBreached(password: string, apiUrl: string): Promise<boolean> {
    const digest = hash('sha1', password, 'hex').toUpperCase();
    try {
      const fetched = guardedFetch(await this.#settings.read('allowedNetworks'));
      const url = `${apiUrl.replace(/\/$/, '')}/${digest.slice(0, 5)}`;
      const answer = await fetched(url, {
        headers: { 'add-padding': 'true', 'user-agent': 'Catalyst' },
        signal: AbortSignal.timeout(longestRangeWaitMs),
      });
      if (answer.status !== 200) throw new Error(`The range API answered ${answer.status}`);
      return (await answer.text()).split(/\r?\n/).some((line) => {
        const [suffix, count] = line.split(':');
        // Padding has the count 0.
        return suffix?.trim().toUpperCase() === digest.slice(5) && Number(count) > 0;
      });
    } catch (err) {
      this.#log.warn({ err }, 'A password was not compared with known breaches');
      return false;
    }
  }
}

/** Exported for its test. */
export function isCommon(password: string): boolean {
  const typed = password.toLowerCase();
  if (new Set(typed).size <= 3) return true;
  if (isRepeated(typed) || fingerRows.some((row) => isOn(row, typed))) return true;
  const core = typed.replace(/^[^\p{L}$@]+|[^\p{L}$@]+$/gu, '');
  const words = [core, undoReplacements(core), undoReplacements(typed)].map((text) =>
    text.replace(/[^\p{L}]/gu, ''),
  );
  return words.some((word) => isMadeOfCommonWords(word));
}

/** `abcabcabcabc`: a piece of at most four characters, over and over. */
const isRepeated = (text: string) => /^(.{1,4})\1{2,}.{0,3}$/u.test(text);

function isOn(row: string, typed: string): boolean {
  const core = typed.replace(/[^a-z0-9]/g, '');
  if (core.length < 6) return false;
  const reversed = [...row].reverse().join('');
  return [row, reversed].some((one) => one.includes(core) || one.repeat(2).includes(core));
}

const replacements: Record<string, string> = {
  ...{ 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b' },
  ...{ $: 's', '@': 'a', '!': 'i', '|': 'l', '+': 't' },
};
const undoReplacements = (text: string) =>
  text.replace(/[0134578$@!|+]/g, (sign) => replacements[sign] ?? sign);

function isMadeOfCommonWords(text: string): boolean {
  if (text.length < 4 || text.length > 40) return false;
  // `ends[n]`: how few words the first n letters can be split into. Four or more are a passphrase.
  const fewest: number[] = [0];
  for (let end = 1; end <= text.length; end++) {
    let best = Number.POSITIVE_INFINITY;
    for (let start = 0; start < end; start++) {
      if (commonWords.has(text.slice(start, end))) best = Math.min(best, (fewest[start] ?? Infinity) + 1);
    }
    fewest.push(best);
  }
  return (fewest[text.length] ?? Infinity) <= 3;
}

function isAbout(password: string, about: string[]): boolean {
  const typed = password.toLowerCase();
  return about
    .flatMap((text) => [text.toLowerCase(), text.toLowerCase().replace(/@.*$/, '')])
    .filter((text) => text.length >= 4)
    .some((text) => typed.includes(text) && typed.length - text.length < fewestOwnCharacters);
}
