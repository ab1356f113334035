/** How the echo client converses. */
export interface EchoClientOptions {
  /** Milliseconds of silence after which the server is given up; 0: never. */
  timeout: number;
  /** Counts what has been done, for whoever asks before the end. */
  progress?: EchoProgress;
}

/** Bytes that went out and came back so far. */
export interface EchoProgress {
  /** Handed to the system. */
  sent: number;
  /** Back. */
  received: number;
}

/** The sentence for a server that says nothing for too long. */
export function silence(timeout: number, received: number, sent: number): string {
  const progress = `${received} of ${sent} bytes are back`;
  return `No answer for ${timeout / 1000} s, ${progress}; allow more with --timeout`;
}
