import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Fault } from '../../shared/fault.ts'

/** A private key and its certificate, both PEM, that belong together. */
export interface TlsPair {
  readonly key: string
  readonly cert: string
  /** Unix ms: not good after this. */
  readonly expiresAt: number
}

export interface PairFiles {
  readonly keyFile: string
  readonly certFile: string
}

/** @throws Fault `config-invalid` that says which file is missing or broken, or that the two are strangers. */
export async function readPair({ keyFile, certFile }: PairFiles): Promise<TlsPair> {
  return pairOf(await read('key', keyFile), await read('certificate', certFile), { keyFile, certFile })
}

/** Checks that the two belong together; `names` are for the sentence. */
export function pairOf(key: string, cert: string, { keyFile, certFile }: PairFiles): TlsPair {
  const certificate = parsed(`The certificate ${certFile}`, () => new X509Certificate(cert))
  const privateKey = parsed(`The private key ${keyFile}`, () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Fault('config-invalid', `The private key ${keyFile} does not belong to the certificate ${certFile}.`)
  }
  return { key, cert, expiresAt: certificate.validToDate.getTime() }
}

function parsed<T>(what: string, parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    throw new Fault('config-invalid', `${what} is not readable PEM: ${messageOf(cause)}.`, { cause })
  }
}

async function read(what: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new Fault('config-invalid', `Cannot read the TLS ${what} ${path}: ${messageOf(cause)}.`, { cause })
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
