import { type Duplex, pipeline, Readable } from 'node:stream';

/** What comes out of a stream when this goes in. An error of either ends both, and whoever reads is told. */
export function through(source: AsyncIterable<Buffer>, stream: Duplex): AsyncIterable<Buffer> {
  pipeline(Readable.from(source, { objectMode: false, highWaterMark: 512 * 1024 }), stream, () => {});
  return stream;
}
