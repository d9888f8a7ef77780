// The certificate library's decorators need this before anything of it is loaded.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { RandomBytes } from '../accounts/secret.ts'

/** A private key with its certificate, as text. */
export interface PemPair {
  readonly key: string
  readonly cert: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const dayMs = 86_400_000
/** Clocks of tablets and gateways may be behind ours. */
const backdatedMs = dayMs
const authorityDays = 3650
/** Browsers refuse longer ones (CA/Browser Forum ballot SC-081 and before it 398 days). */
const serverDays = 90

/** A local certificate authority of this installation (X.509 v3, RFC 5280; ECDSA P-256). */
export async function makeAuthority(now: number, randomBytes: RandomBytes): Promise<PemPair> {
  const keys = await makeKeys()
  const cert = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serial(randomBytes),
      name: 'CN=Warepulse local authority',
      notBefore: new Date(now - backdatedMs),
      notAfter: new Date(now + authorityDays * dayMs),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  )
  return { key: await privatePem(keys.privateKey), cert: `${cert.toString('pem')}\n` }
}

/**
 * A server certificate for these names and addresses, signed by the authority; it comes with a new key.
 * `names`: DNS names and IP addresses (RFC 6125: the common name counts for nothing).
 */
export async function makeServerPair(
  authority: PemPair,
  names: readonly string[],
  now: number,
  randomBytes: RandomBytes,
): Promise<PemPair> {
  const keys = await makeKeys()
  const issuer = new X509Certificate(authority.cert)
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    PemConverter.decodeFirst(authority.key),
    algorithm,
    false,
    ['sign'],
  )
  const cert = await X509CertificateGenerator.create(
    {
      serialNumber: serial(randomBytes),
      subject: 'CN=Warepulse',
      issuer: issuer.subject,
      notBefore: new Date(now - backdatedMs),
      notAfter: new Date(now + serverDays * dayMs),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isAddress(value) ? 'ip' : 'dns', value }) as const),
        ),
      ],
    },
    webcrypto,
  )
  return { key: await privatePem(keys.privateKey), cert: `${cert.toString('pem')}\n${authority.cert}` }
}

function makeKeys() {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`
}

/** 127 random bits, positive (RFC 5280, 4.1.2.2). */
function serial(randomBytes: RandomBytes): string {
  const bytes = Buffer.from(randomBytes(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes.toString('hex')
}

function isAddress(name: string): boolean {
  return name.includes(':') || /^\d+\.\d+\.\d+\.\d+$/.test(name)
}
