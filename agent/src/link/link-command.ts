import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { AppError } from '@catalyst/shared/contract/errors';
import { parseDeploymentToken } from '@catalyst/shared/node/deployment-token';
import { fingerprintOf } from '@catalyst/shared/node/key-fingerprint';
import { randomToken } from '@catalyst/shared/node/random-token';
import { StartError } from '@catalyst/shared/node/start-error';
import { type DataFolder, prepareDataFolder } from '../data-folder.ts';
import { loadIdentity } from '../identity.ts';
import { Enrolment } from './enrolment.ts';
import { writeLinkState } from './link-state.ts';
import { connectToPanel } from './panel-connection.ts';

interface LinkCommandStreams {
  input: NodeJS.ReadStream;
  output: NodeJS.WritableStream;
}

/**
 * `link [--token-file FILE]`: links this agent to the panel that issued the token. The token comes from the file, the
 * standard input or a prompt, never from the arguments, which every user of the machine can read. A running agent takes
 * the new link up by itself. Throws a StartError with what to do.
 */
export async function runLinkCommand(
  args: readonly string[],
  folder: DataFolder,
  { input, output }: LinkCommandStreams = { input: process.stdin, output: process.stdout },
): Promise<void> {
  const link = parseDeploymentToken(await readToken(args, input, output));
  await prepareDataFolder(folder);
  const identity = await loadIdentity(folder.identity);
  output.write(`Linking to ${new URL(link.panelUrl).host} …\n`);
  try {
    const connection = await connectToPanel(link, {
      identity,
      processId: randomToken(),
    });
    await writeLinkState(folder.link, link);
    await new Enrolment(folder.identity).finish(link);
    connection.close();
  } catch (error) {
    if (error instanceof AppError) throw new StartError(`Not linked. ${error.message}`);
    throw error;
  }
  output.write(`Linked. Fingerprint of this agent: ${fingerprintOf(identity.publicKey)}\n`);
  output.write(
    'The panel shows the same fingerprint for this node. Now run the agent, unless it is running already.\n',
  );
}

async function readToken(
  args: readonly string[],
  input: NodeJS.ReadStream,
  output: NodeJS.WritableStream,
): Promise<string> {
  const [option, path, ...rest] = args;
  if (option === '--token-file' && path !== undefined && rest.length === 0) {
    return readFile(path, 'utf8').catch((error: Error) => {
      throw new StartError(`The token file cannot be read: ${error.message}`);
    });
  }
  if (option !== undefined) {
    throw new StartError(
      'Usage: link [--token-file FILE]. Give the token on standard input or when asked; arguments are visible to others.',
    );
  }
  if (input.isTTY) return promptFor(input, output);
  let text = '';
  for await (const chunk of input.setEncoding('utf8')) text += chunk;
  return text;
}

async function promptFor(input: NodeJS.ReadStream, output: NodeJS.WritableStream): Promise<string> {
  const lines = createInterface({ input, output });
  try {
    return await lines.question('Deployment token: ');
  } finally {
    lines.close();
  }
}
