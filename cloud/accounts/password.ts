import { scrypt, timingSafeEqual } from 'node:crypto'
import type { RandomBytes } from './secret.ts'

/**
 * scrypt (RFC 7914) with N = 2¹⁵, r = 8, p = 3: one of the settings of the OWASP Password Storage Cheat Sheet (2024);
 * 32 MiB and about a quarter of a second on a slow core.
 */
const cost = { N: 32_768, r: 8, p: 3, maxmem: 64 * 1024 * 1024 } as const
const saltBytes = 16
const hashBytes = 32

const shortestPassword = 12
export const longestPassword = 128

/** `scrypt$N$r$p$salt$hash`: what stands in the file tells how it was made, so that the cost can be raised later. */
export async function hashPassword(password: string, randomBytes: RandomBytes): Promise<string> {
  const salt = Buffer.from(randomBytes(saltBytes))
  const hash = await derive(password, salt, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/** Constant time, and the same time for somebody who has no password or does not exist (`undefined`). */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [kind, n, r, p, salt = '', hash = ''] = (stored ?? nobodys).split('$')
  if (kind !== 'scrypt') return false
  const expected = Buffer.from(hash, 'base64url')
  const given = await derive(password, Buffer.from(salt, 'base64url'), {
    N: Number(n),
    r: Number(r),
    p: Number(p),
    maxmem: cost.maxmem,
  })
  return timingSafeEqual(given, expected) && stored !== undefined
}

/** Compared with when there is nothing to compare with. */
const nobodys = ['scrypt', cost.N, cost.r, cost.p, 'A'.repeat(22), 'A'.repeat(43)].join('$')

function derive(
  password: string,
  salt: Buffer,
  { N, r, p, maxmem }: { readonly N: number; readonly r: number; readonly p: number; readonly maxmem: number },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The same letters, however the keyboard composed them.
    scrypt(password.normalize('NFC'), salt, hashBytes, { N, r, p, maxmem }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}

/** Why a new password cannot be taken; undefined: it can (NIST SP 800-63B, 5.1.1.2: length, no rules of composition). */
export function weaknessOf(password: string, name: string): string | undefined {
  const length = [...password].length
  if (length < shortestPassword)
    return `A password needs at least ${shortestPassword} characters; a few words are fine.`
  if (length > longestPassword) return `A password has at most ${longestPassword} characters.`
  if (new Set(password).size < 5) return 'A password of the same few characters is guessed first.'
  const plain = password.toLowerCase()
  for (const word of [name.toLowerCase(), 'warepulse', 'password'])
    if (word.length >= 4 && plain.replaceAll(word, '').length < 8)
      return `A password that is mostly "${word}" is guessed first.`
  return undefined
}
