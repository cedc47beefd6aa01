/** As much of ssh2 as the panel uses; its own types come apart, for another Node. */
declare module 'ssh2' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';
  import type { Duplex, Writable } from 'node:stream';

  export interface ParsedKey {
    type: string;
    comment: string;
    getPublicSSH(): Buffer;
    getPublicPEM(): string;
    isPrivateKey(): boolean;
    verify(data: Buffer, signature: Buffer, algorithm?: string): boolean | Error;
  }

  interface AuthenticationBase {
    username: string;
    accept(): void;
    reject(methodsLeft?: string[]): void;
  }
  export type Authentication = AuthenticationBase &
    (
      | { method: 'password'; password: string }
      | {
          method: 'publickey';
          /** The type of the key, not of the signature: `ssh-rsa` for all kinds of RSA. */
          key: { algo: string; data: Buffer };
          /** Of an RSA signature; undefined for the one with SHA-1. */
          hashAlgo?: string;
          /** Missing while the client only asks whether the key would do. */
          signature?: Buffer;
          blob?: Buffer;
        }
      | { method: 'none' | 'keyboard-interactive' | 'hostbased' }
    );

  export interface Channel extends Duplex {
    stderr: Writable;
    /** Of what the other side sends: how much it may send still; negative when it sent more. */
    incoming: { window: number };
    exit(status: number): void;
    close(): void;
  }

  export interface Session extends EventEmitter {
    on(
      event: 'subsystem',
      listener: (
        accept: () => Channel | undefined,
        reject: (() => void) | undefined,
        info: { name: string },
      ) => void,
    ): this;
    /** When the client closes its channel. */
    on(event: 'close', listener: () => void): this;
  }

  export interface Connection extends EventEmitter {
    end(): this;
    on(event: 'authentication', listener: (context: Authentication) => void): this;
    on(event: 'ready' | 'close' | 'end', listener: () => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'session', listener: (accept: () => Session, reject: () => void) => void): this;
  }

  export interface ServerConfig {
    hostKeys: string[];
    ident: string;
    algorithms: Record<'kex' | 'cipher' | 'hmac' | 'compress' | 'serverHostKey', readonly string[]>;
    keepaliveInterval?: number;
    keepaliveCountMax?: number;
  }

  class Server extends EventEmitter {
    constructor(config: ServerConfig);
    injectSocket(socket: Socket): void;
    on(event: 'connection', listener: (client: Connection, info: { ip: string; port: number }) => void): this;
  }

  /** For tests. */
  export class Client extends EventEmitter {
    connect(options: Record<string, unknown>): this;
    subsys(name: string, done: (error: Error | undefined, channel: Channel) => void): this;
    exec(command: string, done: (error: Error | undefined) => void): this;
    shell(done: (error: Error | undefined) => void): this;
    forwardOut(
      fromHost: string,
      fromPort: number,
      host: string,
      port: number,
      done: (error: Error | undefined) => void,
    ): this;
    end(): this;
  }

  const ssh2: {
    Server: typeof Server;
    Client: typeof Client;
    utils: {
      parseKey(data: string | Buffer): ParsedKey | ParsedKey[] | Error;
      generateKeyPairSync(
        type: 'ed25519',
        options?: { comment?: string },
      ): { private: string; public: string };
    };
  };
  export default ssh2;
}
