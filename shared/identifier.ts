import { z } from 'zod'
import { epcPattern, identifierPattern } from './identifier-pattern.ts'

/** Sites, gateways, devices, read points, sensors, zones, slots. Safe in topics, file names, tags and URLs. */
export const Identifier = z
  .string()
  .regex(identifierPattern, 'must be 1–64 letters, digits, "_", "." or "-", beginning with a letter or digit')

/** The EPC memory bank as read, upper-case hex, whole bytes; 96-bit and long schemes up to 496 bits. */
export const EpcHex = z.string().regex(epcPattern, 'must be upper-case hex, whole bytes')

/** A random 128-bit id, 32 lower-case hex digits: spool epochs, boots, leases. */
export const Hex128 = z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 lower-case hex digits')
