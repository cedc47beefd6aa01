import { message, string } from '../grpc/message.ts';
import { service } from '../grpc/method.ts';
import { Empty } from './well-known.ts';

const { unary } = service('containerd.services.version.v1.Version');

export const versionApi = {
  version: unary('Version', Empty, message({ version: string(1), revision: string(2) })),
};
