const digitsOnly = /^\d+$/

/**
 * The check digit of a GS1 key without it: modulo 10, weights 3 and 1 from the right (General Specifications §7.9.1).
 * The caller gives digits.
 */
export function checkDigitOf(digits: string): string {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 0x30
    sum += i % 2 === 0 ? digit * 3 : digit
  }
  return String((10 - (sum % 10)) % 10)
}

/** Does the last of these digits check the others? */
export function isChecked(digits: string): boolean {
  return digits.length > 1 && digitsOnly.test(digits) && checkDigitOf(digits.slice(0, -1)) === digits.slice(-1)
}

/** GTIN-8, GTIN-12, GTIN-13 or GTIN-14 with a right check digit → its 14 digits; undefined for anything else. */
export function gtin14Of(text: string): string | undefined {
  const isLong = text.length === 8 || (text.length >= 12 && text.length <= 14)
  return isLong && isChecked(text) ? text.padStart(14, '0') : undefined
}

/** An SSCC of 18 digits with a right check digit? */
export function isSscc(text: string): boolean {
  return text.length === 18 && isChecked(text)
}
