/**
 * The command that starts a server which was not there, for the hint behind "connection refused".
 *
 * @param port The port that the client tried; named in the command unless it is the default.
 */
export function serverTask(task: string, port: number, defaultPort: number): string {
  return `deno task ${task}${port === defaultPort ? "" : ` --port ${port}`}`;
}
