import { configPlaceholders } from '@catalyst/shared/features/config-placeholders';
import type { ServerParts } from './server-parts.ts';

/** Brings the game's own files in line with the server's settings. What goes wrong is told, and never keeps it from starting. */
export async function writeSettings(parts: ServerParts, signal: AbortSignal): Promise<void> {
  const { file, folder, log, say } = parts;
  const { spec } = file.record;
  const { configFiles } = spec;
  if (configFiles.length === 0) return;
  try {
    const asksForAddress = JSON.stringify(configFiles).includes('{{config.');
    const interfaceAddress = asksForAddress ? await parts.interfaceAddress() : '';
    // Loaded by the first server that needs it.
    const { applyConfigFiles } = await import('../config-files/apply-config-files.ts');
    await applyConfigFiles(
      {
        files: configFiles,
        placeholders: configPlaceholders(spec, { interfaceAddress }),
        directory: await folder.open('refuse'),
        say,
      },
      signal,
    );
  } catch (err) {
    signal.throwIfAborted();
    log.error({ err, serverId: spec.serverId }, 'The settings of a server could not be written');
    say('The settings could not be written to its files.');
  }
}
