import { GatewayDocument } from '../shared/gateway-document.ts'
import { readWhole, writeWhole } from './whole-file.ts'

/** The last good document of the cloud: a gateway that is alone works by it. */
const name = 'document'

export function readKeptDocument(directory: string): Promise<GatewayDocument | undefined> {
  return readWhole(directory, name, GatewayDocument)
}

/** Durable when it resolves. Rejects as the disk does; the old one stands then. */
export function writeKeptDocument(directory: string, document: GatewayDocument): Promise<void> {
  return writeWhole(directory, name, document)
}
