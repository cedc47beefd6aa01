import manifest from '../package.json' with { type: 'json' };

export const panelVersion: string = manifest.version;
