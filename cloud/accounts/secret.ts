import { createHash } from 'node:crypto'

/** Chance, passed in: that many unpredictable bytes. */
export type RandomBytes = (count: number) => Uint8Array

/**
 * At rest stands only this. Plain SHA-256 is enough: every secret here is at least 128 random bits, so there is
 * nothing to guess that a slow hash would slow down, and a lookup by hash compares nothing byte by byte.
 */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex')
}

/** Crockford's base 32: no I, L, O, U, so it survives being read aloud and typed. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 128 bits as `XXXX-XXXX-…`: 26 characters in groups of four, the last of two. */
export function makeSignInKey(randomBytes: RandomBytes): string {
  let bits = 0n
  for (const byte of randomBytes(16)) bits = (bits << 8n) | BigInt(byte)
  let text = ''
  for (let digit = 0; digit < 26; digit++) {
    text = alphabet.charAt(Number(bits & 31n)) + text
    bits >>= 5n
  }
  return text.replace(/.{4}(?=.)/g, '$&-')
}

/** What a person typed, as the key was made: any case, any separators, O for 0 and I or L for 1. */
export function normaliseSignInKey(typed: string): string {
  return typed
    .toUpperCase()
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
    .replace(/[^0-9A-Z]/g, '')
}

export function makeSecret(randomBytes: RandomBytes): string {
  return Buffer.from(randomBytes(32)).toString('base64url')
}
