import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { type CameraCode, seenCode } from '../core/camera-code.ts'
import { type CameraRefusal, watchCamera } from '../live/camera.ts'
import { useStore } from '../live/store.ts'
import { Icon } from './icon.tsx'

/** The camera as a scanner, for who has no other: each label that comes into sight is one scan. */
export function ScanCamera({ onCode }: { readonly onCode: (code: string) => void }) {
  const words = useStore().words.value
  const isOn = useSignal(false)
  const refusal = useSignal<CameraRefusal | null>(null)
  const video = useRef<HTMLVideoElement>(null)
  const takesCode = useRef(onCode)
  takesCode.current = onCode

  // With the picture and not after it: whoever sees no picture must be able to trust that the camera is off.
  useLayoutEffect(() => {
    if (!isOn.value || video.current === null) return
    const leaving = new AbortController()
    let last: CameraCode | null = null
    const onSeen = (code: string) => {
      const seen = seenCode(last, code, performance.now())
      last = seen.last
      if (seen.isNew) takesCode.current(code)
    }
    void watchCamera(video.current, onSeen, leaving.signal).then((why) => {
      if (why === undefined || leaving.signal.aborted) return
      refusal.value = why
      isOn.value = false
    })
    return () => leaving.abort()
  }, [isOn.value])

  const reasons = {
    insecure: words.cameraInsecure,
    refused: words.cameraRefused,
    none: words.cameraNone,
    busy: words.cameraBusy,
  }
  return (
    <div class="scan-camera">
      <button
        type="button"
        class="button"
        onClick={() => {
          refusal.value = null
          isOn.value = !isOn.value
        }}
      >
        <Icon name="scan" /> {isOn.value ? words.cameraOff : words.cameraOn}
      </button>
      {refusal.value !== null && <p role="alert">{reasons[refusal.value]}</p>}
      {isOn.value && <video ref={video} muted playsInline aria-label={words.cameraPicture} />}
    </div>
  )
}
