import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { CliError } from "../cli-error.ts";
import { type CommandContext, openLab } from "../command-context.ts";
import type { CommandDefinition } from "../program.ts";

/** `careline trust`: shows how to trust the lab's authority; does and undoes it for Chromium. */
export const trustCommand: CommandDefinition = {
  name: "trust",
  summary: "show how to trust the lab's certificates; --add and --remove do it for Chromium",
  example: "./careline trust\n./careline trust --add\n./careline trust --remove",
  declare: (command, context) => {
    command
      .option("--add", "trust it in this user's Chromium store (needs certutil of libnss3-tools)")
      .option("--remove", "take it out again")
      .action((options: { add?: boolean; remove?: boolean }) => trust(options, context));
  },
};

async function trust(
  options: { add?: boolean; remove?: boolean },
  { output }: CommandContext,
): Promise<void> {
  const layout = await openLab();
  const name = `Careline lab ${layout.settings.installation}`;
  const store = join(homedir(), ".pki", "nssdb");
  if (options.add === true) {
    if (!existsSync(store)) {
      mkdirSync(store, { recursive: true, mode: 0o700 });
      certutil(["-N", "--empty-password", "-d", `sql:${store}`]);
    }
    certutil(["-A", "-d", `sql:${store}`, "-t", "C,,", "-n", name, "-i", layout.authorityFile]);
    output.line(`Chromium of this user trusts "${name}" now. Undo with ./careline trust --remove`);
  } else if (options.remove === true) {
    certutil(["-D", "-d", `sql:${store}`, "-n", name]);
    output.line(`Chromium of this user no longer trusts "${name}".`);
  } else {
    output.line(advice(layout.authorityFile, store, name));
  }
  output.json({ authority: layout.authorityFile, name, store });
}

function certutil(args: readonly string[]): void {
  try {
    execFileSync("certutil", args, { stdio: ["ignore", "ignore", "pipe"] });
  } catch (cause) {
    throw new CliError("TRUST_FAILED", "certutil did not do it", { cause });
  }
}

function advice(file: string, store: string, name: string): string {
  return `The lab's authority is ${file}
It can vouch for localhost and 127.0.0.1 only, and its key never leaves this machine.

Chromium and Chrome (this user)   ./careline trust --add        undo: ./careline trust --remove
  which is                        certutil -A -d sql:${store} -t C,, -n "${name}" -i ${file}
Firefox                           Settings > Privacy & Security > View Certificates > Authorities > Import
curl                              curl --cacert ${file} https://localhost:…
Node                              NODE_EXTRA_CA_CERTS=${file}

./careline down --wipe destroys the authority; a new one is made at the next start.`;
}
