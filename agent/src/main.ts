import { giveBackMemoryAfterStart } from '@catalyst/shared/node/give-back-memory';
import { StartError } from '@catalyst/shared/node/start-error';
import { startAgent } from './agent.ts';
import { readConfig } from './config.ts';
import { DataFolder } from './data-folder.ts';
import { createLogger } from './logger.ts';
import { protectAgentFromOom } from './runtimes/oom-preference.ts';

const usage = 'Usage: catalyst-agent [run] | catalyst-agent link [--token-file FILE]';

/** Closing takes milliseconds; a disk that hangs must not keep the agent. */
const closeTimeoutMs = 8000;

try {
  const [command = 'run', ...args] = process.argv.slice(2);
  if (command === 'run' && args.length === 0) await run();
  else if (command === 'link') {
    const { runLinkCommand } = await import('./link/link-command.ts');
    await runLinkCommand(args, new DataFolder(readConfig(process.env).dataDir));
  } else throw new StartError(usage);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.exitCode = 1;
  // Whatever has begun already must not keep an agent alive that is none.
  process.stderr.write(`${error.message}\n`, () => process.exit());
}

async function run(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel);
  // Whatever goes wrong with one server or the link, the other servers still need an agent.
  process.on('unhandledRejection', (err) => log.error({ err }, 'Something failed and nobody noticed'));
  // When memory runs out, a game must go before the one who can tell why; only root on Linux may ask for that.
  protectAgentFromOom();
  const agent = await startAgent({ config, log });
  giveBackMemoryAfterStart();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      log.info({ signal }, 'The agent ends; its servers run on');
      setTimeout(() => process.exit(1), closeTimeoutMs).unref();
      await agent.close();
      process.exit(0);
    });
  }
}
