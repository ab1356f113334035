/** What is known of each name that the options mention. */
export interface NameTable {
  /** Names that take no value. */
  readonly booleans: ReadonlySet<string>;
  /** Names whose value stays text. */
  readonly strings: ReadonlySet<string>;
  /** Names whose values go into an array. */
  readonly collected: ReadonlySet<string>;
  /** Names that `--no-name` sets to false. */
  readonly negatable: ReadonlySet<string>;
  /** Each name that has other names, and those. */
  readonly aliases: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether `--name` takes no value even if no option mentions it. */
  readonly isBooleanByDefault: boolean;
}

/** Names as an option lists them: one, several, or all with `true`. */
export type Names = boolean | string | readonly string[] | undefined;

/** Sorts the names of the options; a name's aliases are of the kind that the name is. */
export function nameTable(options: {
  alias?: Record<string, string | readonly string[]>;
  boolean?: Names;
  string?: Names;
  collect?: Names;
  negatable?: Names;
}): NameTable {
  const aliases = aliasTable(options.alias ?? {});
  return {
    booleans: withAliases(options.boolean, aliases),
    strings: withAliases(options.string, aliases),
    collected: withAliases(options.collect, aliases),
    negatable: withAliases(options.negatable, aliases),
    aliases,
    isBooleanByDefault: options.boolean === true,
  };
}

function aliasTable(alias: Record<string, string | readonly string[]>): Map<string, Set<string>> {
  const table = new Map<string, Set<string>>();
  for (const [name, others] of Object.entries(alias)) {
    const group = [name, ...listOf(others)];
    for (const member of group) {
      const known = table.get(member) ?? new Set<string>();
      for (const other of group) if (other !== member) known.add(other);
      table.set(member, known);
    }
  }
  return table;
}

function withAliases(names: Names, aliases: ReadonlyMap<string, Set<string>>): Set<string> {
  return new Set(listOf(names).flatMap((name) => [name, ...aliases.get(name) ?? []]));
}

function listOf(names: Names): readonly string[] {
  if (typeof names === "boolean" || !names) return [];
  return typeof names === "string" ? [names] : names;
}
