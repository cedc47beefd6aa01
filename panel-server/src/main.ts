import { giveBackMemoryAfterStart } from '@catalyst/shared/node/give-back-memory';
import { StartError } from '@catalyst/shared/node/start-error';
import { buildPanel } from './app.ts';
import { readConfig } from './config.ts';

const closeTimeoutMs = 15_000;

// Not awaited at the top level: parts loaded later share code with this file and would wait for it for ever.
void run();

async function run(): Promise<void> {
  const { isAsked, asked } = watchSignals();
  try {
    const panel = await buildPanel(readConfig(process.env), { environment: process.env });
    if (!isAsked()) {
      const { url } = await panel.open();
      const { code } = panel.setup;
      console.log(
        code ? `Catalyst: make the first account at ${url}/setup#${code}` : `Catalyst is ready: ${url}`,
      );
      giveBackMemoryAfterStart();
    }
    await asked;
    await panel.close();
    process.exit(0);
  } catch (error) {
    console.error(error instanceof StartError ? `Catalyst cannot start. ${error.message}` : error);
    process.exit(1);
  }
}

/**
 * From now on a signal ends the panel in order, also while it starts: what is half open is opened first, then closed.
 * Repetitions change nothing; what does not close in time is left.
 */
function watchSignals(): { isAsked(): boolean; asked: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isAsked = false;
  const ask = () => {
    if (isAsked) return;
    isAsked = true;
    setTimeout(() => process.exit(1), closeTimeoutMs).unref();
    resolve();
  };
  process.on('SIGTERM', ask);
  process.on('SIGINT', ask);
  return { isAsked: () => isAsked, asked: promise };
}
