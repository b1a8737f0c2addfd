import type { Command } from "commander";

/** A bash function that completes commands, the options of each, and file names for all else. */
export function completionsOf(program: Command): string {
  const cases = leaves(program).map(([path, made]) => {
    const words = [...made.commands.map((each) => each.name()), ...made.options.map(({ long }) => long), "--help"];
    return `    "${path}") words="${words.filter(Boolean).join(" ")}" ;;`;
  });
  return `_boptest() {
  local word="\${COMP_WORDS[COMP_CWORD]}" path="" words="" each
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$each" in -*) break ;; esac
    case " ${leaves(program)
      .map(([path]) => path.replaceAll(" ", "/"))
      .join(" ")} " in *" \${path:+$path/}$each "*) path="\${path:+$path/}$each" ;; *) break ;; esac
  done
  case "\${path//\\// }" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _boptest boptest
`;
}

/** Every command with the words that lead to it; the program itself has none. */
function leaves(program: Command, path: readonly string[] = []): [string, Command][] {
  const below = program.commands.flatMap((each) => leaves(each, [...path, each.name()]));
  return [[path.join(" "), program], ...below];
}
