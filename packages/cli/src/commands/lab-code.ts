import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { type CommandContext, openLab } from "../command-context.ts";

/** `careline lab code <account>`: what an authenticator app would show. */
export function declareLabCode(command: Command, { clock, output }: CommandContext): void {
  command
    .command("code")
    .description("print an account's password and current one-time code")
    .argument("<account>", "e.g. agent001, supervisor01")
    .addHelpText("after", "\nExample:\n  ./careline lab code agent001")
    .action(async (login: string) => {
      const layout = await openLab();
      const { accountOf, currentCode, demoAccounts } = await import("@careline/lab");
      if (!demoAccounts().some((account) => account.login === login)) {
        throw new CliError("BAD_ARGUMENT", `there is no account ${login}; try agent001`);
      }
      const { password, totpSecret } = accountOf(layout, login);
      const { code, secondsLeft } = currentCode(totpSecret, clock);
      output.json({ login, password, code, secondsLeft, totpSecret });
      output.line(`account   ${login}`);
      output.line(`password  ${password}`);
      output.line(`code      ${code}   (for ${secondsLeft} s)`);
    });
}
