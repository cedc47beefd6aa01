import { formatCount } from '../../../components/units.ts';

const items = (count: number) => (count === 1 ? '1 item' : `${formatCount(count)} items`);

export const archiveStrings = {
  compressTitle: (count: number, name: string) =>
    count === 1 ? `Compress ${name}` : `Compress ${items(count)}`,
  name: 'Name without its ending',
  format: 'Format',
  replace: 'Replace what is there already',
  compressButton: 'Compress',
  compressFailed: 'Compressing did not begin',
  extractTitle: (name: string) => `Extract ${name}`,
  extractTo: 'Into the folder',
  extractHint: 'The path from the top of the server’s files. It is made when it is missing.',
  extractButton: 'Extract',
  extractFailed: 'Extracting did not begin',
  compressing: (name: string, server: string) => `Compressing ${name} on ${server}`,
  extracting: (name: string, server: string) => `Extracting ${name} on ${server}`,
  compressed: (name: string) => `${name} is made`,
  extracted: (name: string) => `${name} is extracted`,
  notCompressed: (name: string) => `${name} was not made`,
  notExtracted: (name: string) => `${name} was not extracted`,
  skipped: (count: number) =>
    `${items(count)} left out: pipes, sockets, devices, and links that lead out of the server’s folder`,
  cancelled: 'It was cancelled; nothing of it stays',
};
