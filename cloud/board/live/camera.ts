import { openBarcodes } from './barcodes.ts'

/** Why there is no picture. insecure: browsers give a camera only to pages that came by https or from this machine. */
export type CameraRefusal = 'insecure' | 'refused' | 'none' | 'busy'

/** Between two looks: often enough for a hand that does not hold still. */
const lookEveryMs = 120

/**
 * Shows the camera that looks away from its user in `video` and tells every code that it sees, until `signal` is
 * aborted; then the camera is off. Resolves with the reason when there is no picture.
 */
export async function watchCamera(
  video: HTMLVideoElement,
  onCode: (code: string) => void,
  signal: AbortSignal,
): Promise<CameraRefusal | undefined> {
  if (!isSecureContext || navigator.mediaDevices === undefined) return 'insecure'
  let stream: MediaStream
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } },
    })
  } catch (thrown) {
    return refusalOf(thrown)
  }
  const off = () => {
    for (const track of stream.getTracks()) track.stop()
    video.srcObject = null
  }
  if (signal.aborted) {
    off()
    return undefined
  }
  signal.addEventListener('abort', off, { once: true })
  video.srcObject = stream
  await video.play().catch(() => {}) // a page that was hidden meanwhile; it plays when it is shown
  void look(video, onCode, signal)
  return undefined
}

async function look(video: HTMLVideoElement, onCode: (code: string) => void, signal: AbortSignal): Promise<void> {
  const find = await openBarcodes()
  const again = async (): Promise<void> => {
    if (signal.aborted) return
    const code = document.hidden ? null : await find(video).catch(() => null)
    if (signal.aborted) return
    if (code !== null) onCode(code)
    setTimeout(() => void again(), lookEveryMs)
  }
  await again()
}

/** https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia */
function refusalOf(thrown: unknown): CameraRefusal {
  const name = thrown instanceof DOMException ? thrown.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused'
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'none' : 'busy'
}
