/** The longest wait that a flag takes, in seconds: what a 32-bit timer can hold. */
export const MAX_SECONDS = 2_147_483;
