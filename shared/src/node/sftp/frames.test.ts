import { describe, expect, it } from 'vitest';
import { dataAnswer, handleAnswer, statusAnswer } from './answers.ts';
import { bytesField, uint8, uint32, uint64 } from './fields.ts';
import { type AnswerHead, AnswerScanner, FrameCutter, frameOf, framesOf, keepAlive } from './frames.ts';
import { MalformedPacket, mostPacketBytes, packetType } from './protocol.ts';
import { parseInit, parseRequest } from './requests.ts';

const piecesOf = (bytes: Buffer, length: number) =>
  Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  );

const data = (id: number, content: string) => {
  const answer = dataAnswer(id, content.length + 10);
  return answer.finish(answer.data.write(content));
};

describe('frames', () => {
  const frames = [
    frameOf(Buffer.from('one')),
    keepAlive,
    frameOf(Buffer.alloc(300, 'two')),
    frameOf(uint8(3)),
  ];

  it.each([1, 2, 3, 5, 64, 1000])('are the same however their bytes come (%i at a time)', (length) => {
    const cutter = new FrameCutter();
    const found = piecesOf(Buffer.concat(frames), length).flatMap((piece) => [...cutter.push(piece)]);
    expect(found.map(String)).toEqual(frames.map(String));
    expect(cutter.isBetweenFrames).toBe(true);
  });

  it('that are too long or cut short are refused', async () => {
    const tooLong = uint32(mostPacketBytes + 1);
    expect(() => [...new FrameCutter().push(tooLong)]).toThrow(MalformedPacket);
    async function* cut() {
      yield Buffer.concat([uint32(10), Buffer.from('short')]);
    }
    await expect(framesOf(cut()).next()).rejects.toThrow(MalformedPacket);
  });
});

describe('answers that pass', () => {
  const answers = [
    statusAnswer(7, 3, 'no'),
    data(8, 'x'.repeat(500)),
    handleAnswer(9, uint32(1)),
    data(1, ''),
  ];
  const stream = Buffer.concat([keepAlive, ...answers.flatMap((answer) => [answer, keepAlive]), keepAlive]);

  it.each([1, 2, 3, 4, 7, 13, 100, 5000])(
    'are told, and lose the signs of life only (%i at a time)',
    (length) => {
      const heads: AnswerHead[] = [];
      const scanner = new AnswerScanner((head) => heads.push(head));
      const passed = piecesOf(stream, length).flatMap((piece) => [...scanner.push(piece)]);
      expect(Buffer.concat(passed).equals(Buffer.concat(answers))).toBe(true);
      expect(heads).toEqual([
        { type: packetType.status, id: 7, code: 3 },
        { type: packetType.data, id: 8, code: undefined },
        { type: packetType.handle, id: 9, code: undefined },
        { type: packetType.data, id: 1, code: undefined },
      ]);
    },
  );
});

describe('requests', () => {
  const path = Buffer.from([0x61, 0xff, 0x00, 0x62]);

  it('keep the bytes of names', () => {
    const stat = frameOf(uint8(packetType.stat), uint32(5), bytesField(path));
    expect(parseRequest(stat)).toEqual({ kind: 'stat', id: 5, path });
  });

  it('of positions that no file has are told as such', () => {
    const fields = [bytesField(uint32(1)), Buffer.alloc(8, 0xff), bytesField(Buffer.from('x'))];
    const request = parseRequest(frameOf(uint8(packetType.write), uint32(1), ...fields));
    expect(request).toMatchObject({ kind: 'write', offset: 2 ** 64 });
  });

  it('of which a field is cut short are refused, whichever it is', () => {
    const attributes = Buffer.concat([uint32(0xd), uint64(5), uint32(0o644), uint32(1), uint32(2)]);
    const whole = [uint8(packetType.open), uint32(1), bytesField(path), uint32(26), attributes];
    const open = Buffer.concat(whole);
    expect(parseRequest(frameOf(open))).toMatchObject({
      ...{ kind: 'open', flags: 26 },
      attributes: { sizeBytes: 5, permissions: 0o644, times: { accessedAt: 1, modifiedAt: 2 } },
    });
    for (let length = 0; length < open.length; length += 1) {
      expect(() => parseRequest(frameOf(open.subarray(0, length)))).toThrow(MalformedPacket);
    }
  });

  it('begin with the version, which comes once', () => {
    const init = frameOf(uint8(packetType.init), uint32(3));
    expect(parseInit(init)).toBe(3);
    expect(() => parseRequest(init)).toThrow(MalformedPacket);
    expect(() => parseInit(frameOf(uint8(packetType.stat), uint32(1)))).toThrow(MalformedPacket);
  });

  it('that nobody knows, and what only a server says, are unknown', () => {
    for (const type of [21, packetType.status, packetType.extendedReply, 255]) {
      expect(parseRequest(frameOf(uint8(type), uint32(4)))).toEqual({ kind: 'unknown', id: 4 });
    }
    const hardLink = [uint8(packetType.extended), uint32(4), bytesField(Buffer.from('hardlink@openssh.com'))];
    expect(parseRequest(frameOf(...hardLink))).toEqual({ kind: 'unknown', id: 4 });
  });
});
