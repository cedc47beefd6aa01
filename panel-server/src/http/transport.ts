import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  clientAddress,
  isLoopback,
  isSecureRequest,
  type ProxyTrust,
  requestHost,
} from './client-address.ts';

/** Plain HTTP from anywhere but this machine, that the owner has not allowed. */
export function isRefusedPlain(
  request: IncomingMessage,
  isTrusted: ProxyTrust,
  allowPlainHttp: boolean,
): boolean {
  if (allowPlainHttp || isSecureRequest(request, isTrusted)) return false;
  return !isLoopback(clientAddress(request, isTrusted));
}

/** The browser talks to the panel in the clear, over a network. */
export const isInsecureTransport = (request: FastifyRequest) =>
  !request.isSecure && !isLoopback(request.clientIp);

/** Fills in where a request comes from, and sends plain ones on to https. */
export function transportHook(isTrusted: ProxyTrust, allowPlainHttp: boolean) {
  return async function transport(request: FastifyRequest, reply: FastifyReply) {
    request.isSecure = isSecureRequest(request.raw, isTrusted);
    request.clientIp = clientAddress(request.raw, isTrusted);
    if (request.isSecure) {
      reply.header('strict-transport-security', 'max-age=31536000');
    } else if (isRefusedPlain(request.raw, isTrusted, allowPlainHttp)) {
      return reply.redirect(`https://${requestHost(request.raw, isTrusted)}${request.url}`, 308);
    }
  };
}
