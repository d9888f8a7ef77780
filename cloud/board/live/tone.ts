/** Hertz of the pulses, by severity: the worse, the more and the higher. */
const alertTones = [[880, 880, 880], [660, 660], [440], [330]] as const
export function alertTone(severity: number): readonly number[] {
  return alertTones[severity - 1] ?? alertTones[3]
}
/** Of a handheld: told apart without looking at it. */
export const scanTones = { good: [1200], unknown: [500, 500], wrong: [220, 220, 220] } as const
const pulseSeconds = 0.16
const pauseSeconds = 0.12

/** Tones of a page. Browsers keep it mute until somebody has touched the page. */
export interface Tones {
  /** May it be heard now? */
  readonly isHeard: () => boolean
  /** One pulse for each, Hertz. */
  play(pulses: readonly number[]): void
  close(): void
}

export function openTones(onChange: () => void): Tones {
  const audio = new AudioContext()
  audio.addEventListener('statechange', onChange)
  const wake = () => void audio.resume()
  for (const name of ['pointerdown', 'keydown']) addEventListener(name, wake)
  return {
    isHeard: () => audio.state === 'running',
    play(pulses) {
      if (audio.state !== 'running') return
      for (const [n, hertz] of pulses.entries()) {
        const from = audio.currentTime + n * (pulseSeconds + pauseSeconds)
        const voice = new OscillatorNode(audio, { type: 'triangle', frequency: hertz })
        const loudness = new GainNode(audio, { gain: 0 })
        // Ramps, since a tone that is cut off clicks.
        loudness.gain.setValueAtTime(0, from)
        loudness.gain.linearRampToValueAtTime(0.5, from + 0.02)
        loudness.gain.setValueAtTime(0.5, from + pulseSeconds - 0.03)
        loudness.gain.linearRampToValueAtTime(0, from + pulseSeconds)
        voice.connect(loudness).connect(audio.destination)
        voice.start(from)
        voice.stop(from + pulseSeconds)
      }
    },
    close() {
      for (const name of ['pointerdown', 'keydown']) removeEventListener(name, wake)
      audio.removeEventListener('statechange', onChange)
      if (audio.state !== 'closed') void audio.close()
    },
  }
}
