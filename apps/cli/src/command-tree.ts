import { Command, Help, Option } from "commander";

/* What the commands of all parts are made with. */

/** Where a network computes. */
export function engineOption(): Option {
  return new Option(
    "--engine <name>",
    "where to compute, as `nextscale doctor` lists them (default: onnxruntime-node/cpu)",
  );
}

/** A sub-command that reports its mistakes as the program does. */
export function command(parent: Command, name: string): Command {
  const child = configured(new Command(name)).helpOption("-h, --help", "show this help").helpCommand(false);
  parent.addCommand(child);
  return child.showHelpAfterError(
    `Try: nextscale ${parent.name() === "nextscale" ? "" : `${parent.name()} `}${name} --help`,
  );
}

/** Mistakes are thrown after their message is printed, with our name before it. */
export function configured(command: Command): Command {
  return command
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "nextscale: ")) })
    .showHelpAfterError("Try: nextscale --help")
    .configureHelp({
      optionDescription: (option) => `${new Help().optionDescription(option)}${isNeeded(option) ? " (needed)" : ""}`,
    })
    .allowExcessArguments(false);
}

function isNeeded({ mandatory, defaultValue }: Option): boolean {
  return mandatory && defaultValue === undefined;
}

/** Examples at the end of the help. */
export function examples(command: Command, lines: readonly string[]): void {
  command.addHelpText("after", `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}
