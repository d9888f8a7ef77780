/** Finds a barcode in what a camera shows right now. `null` = none. */
export type FindBarcode = (video: HTMLVideoElement) => Promise<string | null>

/** What stands on labels of slots, goods and pallets. */
const formats = ['qr_code', 'data_matrix', 'code_128', 'code_39', 'ean_13', 'itf'] as const

/** As browsers have it that have it: https://wicg.github.io/shape-detection-api/#barcode-detection-api */
interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>
}
interface DetectorConstructor {
  new (options: { readonly formats: readonly string[] }): Detector
  getSupportedFormats(): Promise<readonly string[]>
}

/** Of the browser where it knows the formats, else a library that is fetched from our own origin only now. */
export async function openBarcodes(): Promise<FindBarcode> {
  return (await ofBrowser()) ?? (await import('./barcodes-by-library.ts')).findBarcode
}

async function ofBrowser(): Promise<FindBarcode | undefined> {
  const Detector = (globalThis as { readonly BarcodeDetector?: DetectorConstructor }).BarcodeDetector
  if (Detector === undefined) return undefined
  const supported = await Detector.getSupportedFormats().catch((): readonly string[] => [])
  const known = formats.filter((format) => supported.includes(format))
  if (known.length < formats.length) return undefined
  const detector = new Detector({ formats: known })
  return async (video) => (await detector.detect(video))[0]?.rawValue ?? null
}
