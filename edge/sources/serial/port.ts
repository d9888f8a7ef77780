import { SerialPort } from 'serialport'

export type { SerialPort }

/** The open port, or why it is not. */
export function openPort(path: string, baudRate: number): Promise<SerialPort | string> {
  return new Promise((resolve) => {
    const port = new SerialPort({ path, baudRate, autoOpen: false })
    port.open((error) => resolve(error === null ? port : error.message))
  })
}

/** Safe to call twice, and on a port that is gone. */
export function closePort(port: SerialPort): Promise<void> {
  return new Promise((resolve) => {
    if (port.isOpen) port.close(() => resolve())
    else resolve()
  })
}
