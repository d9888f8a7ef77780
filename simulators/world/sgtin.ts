/**
 * SGTIN-96 for a seven-digit GS1 company prefix (partition 5): header 30h, filter, partition, 24 bits of prefix,
 * 20 bits of indicator and item reference, 38 bits of serial. GS1 EPC Tag Data Standard, SGTIN-96 coding table.
 * Written for the simulators alone, so that a mistake in the product's own codec cannot hide behind it.
 */
export function sgtin96(companyPrefix: number, itemReference: number, serial: number): string {
  const header = 0x30n
  const filter = 1n // point-of-sale item
  const partition = 5n
  let bits = header
  bits = (bits << 3n) | filter
  bits = (bits << 3n) | partition
  bits = (bits << 24n) | BigInt(companyPrefix)
  bits = (bits << 20n) | BigInt(itemReference)
  bits = (bits << 38n) | BigInt(serial)
  return bits.toString(16).toUpperCase().padStart(24, '0')
}

/** GTIN-14 of the same company prefix and item reference (indicator 0), with its check digit (mod 10, weights 3, 1). */
export function gtin14(companyPrefix: number, itemReference: number): string {
  const body = `0${String(companyPrefix).padStart(7, '0')}${String(itemReference).padStart(5, '0')}`
  const sum = [...body].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0)
  return body + String((10 - (sum % 10)) % 10)
}
