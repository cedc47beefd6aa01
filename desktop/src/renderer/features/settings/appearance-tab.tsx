import { SegmentedControl, Switch, useMantineColorScheme } from '@mantine/core';
import '@mantine/core/styles/Switch.layer.css';
import { Section } from '../../components/section.tsx';
import { type Preferences, setPreference, usePreferences } from './preferences.ts';
import { strings } from './strings.ts';

/** How this browser shows the panel. Applies at once, so there is nothing to save. */
export function AppearanceTab() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { density, announceConsole } = usePreferences();
  return (
    <>
      <Section id="theme" title={strings.theme} hint={strings.themeHint}>
        <div>
          <SegmentedControl
            aria-label={strings.theme}
            data={optionsOf(strings.themes)}
            value={colorScheme}
            onChange={(value) => setColorScheme(value as keyof typeof strings.themes)}
          />
        </div>
      </Section>
      <Section id="density" title={strings.density} hint={strings.densityHint}>
        <div>
          <SegmentedControl
            aria-label={strings.density}
            data={optionsOf(strings.densities)}
            value={density}
            onChange={(value) => setPreference('density', value as Preferences['density'])}
          />
        </div>
      </Section>
      <Section id="console" title={strings.console}>
        <Switch
          label={strings.announce}
          description={strings.announceHint}
          checked={announceConsole}
          onChange={(event) => setPreference('announceConsole', event.currentTarget.checked)}
        />
      </Section>
    </>
  );
}

const optionsOf = (names: Record<string, string>) =>
  Object.entries(names).map(([value, label]) => ({ value, label }));
