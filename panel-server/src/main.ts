import { buildPanel } from './app.ts';
import { readConfig } from './config.ts';
import { giveBackMemoryAfterStart } from './give-back-memory.ts';
import { StartError } from './start-error.ts';

const closeTimeoutMs = 15_000;

// Not awaited at the top level: parts loaded later share code with this file and would wait for it for ever.
void run();

async function run(): Promise<void> {
  try {
    const panel = await buildPanel(readConfig(process.env), { fleet: { environment: process.env } });
    const stop = async () => {
      setTimeout(() => process.exit(1), closeTimeoutMs).unref();
      await panel.close();
      process.exit(0);
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    const { url } = await panel.listen();
    const { code } = panel.setup;
    console.log(
      code ? `Catalyst: make the first account at ${url}/setup#${code}` : `Catalyst is ready: ${url}`,
    );
    giveBackMemoryAfterStart();
  } catch (error) {
    console.error(error instanceof StartError ? `Catalyst cannot start. ${error.message}` : error);
    process.exit(1);
  }
}
