export function parseArgs(args: string[]): Record<string, unknown> {
  return { _: args };
}
