import { once } from 'node:events';
import { bytesField, uint8, uint32 } from '@catalyst/shared/node/sftp/fields';
import { FrameCutter, frameOf, lengthBytes } from '@catalyst/shared/node/sftp/frames';
import { packetType } from '@catalyst/shared/node/sftp/protocol';
import ssh2, { type Channel, type Client } from 'ssh2';

interface Way {
  user: string;
  password?: string;
  privateKey?: string;
}

/** Somebody who comes by SSH, and speaks SFTP a packet at a time. */
export class SftpVisitor {
  readonly client: Client;
  readonly closed: Promise<unknown>;
  #channel: Channel | undefined;
  readonly #answers: Buffer[] = [];
  #wake = () => {};
  isOver = false;

  private constructor(client: Client) {
    this.client = client;
    this.closed = once(client, 'close');
  }

  /** Null when he is not let in. */
  static connect(port: number, { user, ...way }: Way): Promise<SftpVisitor | null> {
    return new Promise((resolve) => {
      const client = new ssh2.Client();
      client.on('ready', () => resolve(new SftpVisitor(client)));
      client.on('error', () => resolve(null));
      client.on('close', () => resolve(null));
      client.connect({ host: '127.0.0.1', port, username: user, ...way });
    });
  }

  /** Begins a session; answers what the other side says to the version. */
  async begin(): Promise<Buffer> {
    this.#channel = await new Promise<Channel>((resolve, reject) => {
      this.client.subsys('sftp', (error, channel) => (error ? reject(error) : resolve(channel)));
    });
    const cutter = new FrameCutter();
    this.#channel.on('data', (chunk: Buffer) => {
      this.#answers.push(...cutter.push(chunk));
      this.#wake();
    });
    this.#channel.on('close', () => {
      this.isOver = true;
      this.#wake();
    });
    this.send(frameOf(uint8(packetType.init), uint32(3)));
    return this.next();
  }

  send(...frames: Buffer[]): void {
    for (const frame of frames) this.#channel?.write(frame);
  }

  /** The next answer; rejects when the session is over. */
  async next(): Promise<Buffer> {
    for (;;) {
      const answer = this.#answers.shift();
      if (answer) return answer;
      if (this.isOver) throw new Error('The session is over');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Sends a request about a path and answers the code of its status. */
  async ask(type: number, path = 'file', more: Buffer = Buffer.alloc(0)): Promise<number> {
    this.send(frameOf(uint8(type), uint32(7), bytesField(Buffer.from(path)), more));
    return (await this.next()).readUInt32BE(lengthBytes + 5);
  }

  end(): void {
    this.client.end();
  }
}
