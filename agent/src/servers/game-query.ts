import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import type { QueryProtocol } from '@catalyst/shared/features/server-spec';

const patienceMs = 2000;
const longestAnswer = 64 * 1024;

interface Door {
  host: string;
  port: number;
}

/** Whether a program at this door accepts a TCP connection. */
export function accepts({ host, port }: Door): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: patienceMs });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

/** Whether a game at this door answers a question for its state, in the protocol that its kind speaks. */
export function answersQuery(protocol: QueryProtocol, door: Door): Promise<boolean> {
  switch (protocol) {
    case 'minecraft':
      return answersStatus(door);
    case 'minecraft-bedrock':
      return answersDatagram(door, unconnectedPing(), (answer) =>
        answer[0] === 0x1c && answer.subarray(17, 33).equals(raknetMagic) ? 'answered' : 'other',
      );
    case 'source':
      return answersDatagram(door, sourceInfo(), (answer) => {
        if (answer.length < 5 || answer.readInt32LE(0) !== -1) return 'other';
        if (answer[4] === 0x41 && answer.length >= 9) return sourceInfo(answer.subarray(5, 9));
        return answer[4] === 0x49 || answer[4] === 0x6d ? 'answered' : 'other';
      });
  }
}

/** Sends a question until it is judged to be answered; a judgement that is bytes is the next question. */
function answersDatagram(
  { host, port }: Door,
  question: Buffer,
  judge: (answer: Buffer) => 'answered' | 'other' | Buffer,
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    const timer = setTimeout(() => end(false), patienceMs);
    let isOver = false;
    const end = (isAnswered: boolean) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      socket.close();
      resolve(isAnswered);
    };
    socket.once('error', () => end(false));
    socket.on('message', (answer) => {
      const judgement = judge(answer);
      if (judgement === 'answered') end(true);
      else if (judgement !== 'other' && !isOver) socket.send(judgement);
    });
    // A connected socket hears of nobody else, and at once of a port where nobody listens.
    socket.connect(port, host, () => socket.send(question));
  });
}

/** https://developer.valvesoftware.com/wiki/Server_queries#A2S_INFO */
function sourceInfo(challenge: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from('\xff\xff\xff\xffTSource Engine Query\0', 'latin1'), challenge]);
}

const raknetMagic = Buffer.from('00ffff00fefefefefdfdfdfd12345678', 'hex');

/** https://minecraft.wiki/w/RakNet#Unconnected_Ping */
function unconnectedPing(): Buffer {
  return Buffer.concat([Buffer.from([0x01]), Buffer.alloc(8), raknetMagic, Buffer.alloc(8)]);
}

/** https://minecraft.wiki/w/Java_Edition_protocol/Server_List_Ping */
function answersStatus({ host, port }: Door): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const timer = setTimeout(() => end(false), patienceMs);
    let answer = Buffer.alloc(0);
    const end = (isAnswered: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(isAnswered);
    };
    socket.once('connect', () => socket.write(statusRequest(host, port)));
    socket.on('data', (data) => {
      answer = Buffer.concat([answer, data]);
      if (isStatus(answer)) end(true);
      else if (answer.length > longestAnswer) end(false);
    });
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}

function statusRequest(host: string, port: number): Buffer {
  const address = Buffer.from(host);
  const handshake = Buffer.concat([
    // Handshake with an unknown version of the protocol, that asks for the state.
    Buffer.from([0x00, 0xff, 0xff, 0xff, 0xff, 0x0f, address.length]),
    address,
    Buffer.from([port >> 8, port & 255, 0x01]),
  ]);
  return Buffer.concat([Buffer.from([handshake.length]), handshake, Buffer.from([0x01, 0x00])]);
}

/** A packet 0 whose text begins as JSON does; its length is of no interest. */
function isStatus(answer: Buffer): boolean {
  const afterLength = skipNumber(answer, 0);
  if (answer[afterLength] !== 0x00) return false;
  return answer[skipNumber(answer, afterLength + 1)] === 0x7b;
}

function skipNumber(bytes: Buffer, start: number): number {
  let at = start;
  while (at < start + 4 && ((bytes[at] ?? 0) & 0x80) !== 0) at += 1;
  return at + 1;
}
