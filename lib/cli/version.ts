import config from "../../deno.json" with { type: "json" };

/** The collection's version, the same for all its programs. */
export const VERSION: string = config.version;
