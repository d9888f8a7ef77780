import { useEffect, useRef, useState } from 'preact/hooks'
import { useStore } from '../live/store.ts'
import { alertTone, openTones, type Tones } from '../live/tone.ts'

const repeatMs = 10_000

/** A tone for each new alert, again and again for a critical one that nobody has; and a word when it cannot be heard. */
export function WallSound() {
  const store = useStore()
  const tones = useRef<Tones | null>(null)
  const [isHeard, setHeard] = useState(true)
  const told = useRef<ReadonlySet<string> | null>(null)
  const unseen = store.alerts.value.filter(({ state }) => state === 'active')
  const isCritical = unseen.some(({ severity }) => severity === 1)
  useEffect(() => {
    const opened = openTones(() => setHeard(opened.isHeard()))
    tones.current = opened
    setHeard(opened.isHeard())
    return () => opened.close()
  }, [])
  useEffect(() => {
    const before = told.current
    told.current = new Set(unseen.map(({ id }) => id))
    const worst = unseen.find(({ id }) => before?.has(id) === false)
    if (worst !== undefined) tones.current?.play(alertTone(worst.severity))
  }, [unseen.map(({ id }) => id).join()])
  useEffect(() => {
    if (!isCritical) return
    const again = setInterval(() => tones.current?.play(alertTone(1)), repeatMs)
    return () => clearInterval(again)
  }, [isCritical])
  return isHeard ? null : <p class="wall-muted">{store.words.value.soundBlocked}</p>
}
