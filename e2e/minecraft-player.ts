import { type EventEmitter, once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';

interface ProtocolClient extends EventEmitter {
  chat(text: string): void;
  end(): void;
}

/**
 * A player with a real protocol client: the one that the installed server brought along in its own folder, so that no
 * second copy of the game's data has to be downloaded.
 */
export class MinecraftPlayer {
  readonly #client: ProtocolClient;

  private constructor(client: ProtocolClient) {
    this.#client = client;
  }

  /** Joins and resolves once the player stands in the world. */
  static async join(serverFolder: string, port: number, username: string): Promise<MinecraftPlayer> {
    const { createClient } = createRequire(join(serverFolder, 'package.json'))('minecraft-protocol');
    const client: ProtocolClient = createClient({
      host: '127.0.0.1',
      port,
      username,
      version: '1.21.4',
      auth: 'offline',
    });
    await once(client, 'position', { signal: AbortSignal.timeout(30_000) });
    return new MinecraftPlayer(client);
  }

  say(text: string): void {
    this.#client.chat(text);
  }

  async leave(): Promise<void> {
    const gone = once(this.#client, 'end');
    this.#client.end();
    await gone;
  }
}
