/**
 * Keeps the screen awake while the page is seen. Browsers give it over https only, and take it back whenever the page is
 * hidden. Returns how to let go; safe to call twice.
 */
export function keepAwake(): () => void {
  let isOver = false
  let lock: WakeLockSentinel | null = null
  const ask = async () => {
    if (isOver || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
    try {
      lock = await navigator.wakeLock.request('screen')
      if (isOver) await lock.release()
    } catch {
      // Refused, as on a battery that is low: the screen sleeps when its own settings say so.
    }
  }
  document.addEventListener('visibilitychange', ask)
  void ask()
  return () => {
    isOver = true
    document.removeEventListener('visibilitychange', ask)
    void lock?.release()
    lock = null
  }
}
