import { z } from 'zod'

/** Where a server's key and certificate come from. */
export const TlsChoice = z.union([
  z.literal('auto'),
  z.strictObject({
    keyFile: z.string().min(1).describe('private key, PEM'),
    certFile: z.string().min(1).describe('certificate with its chain, PEM'),
  }),
])
export type TlsChoice = z.infer<typeof TlsChoice>

/** Does `host`, an address to listen on or a name to connect to, stay on this machine? */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^(?:::ffff:)?127\./.test(host)
}
