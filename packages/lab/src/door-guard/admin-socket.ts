import { connect } from "node:net";

/** Says one line of commands to HAProxy. Resolves with its answer, the empty text when all was done; rejects when nobody listens. */
export function tellHaproxy(path: string, line: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, signal });
    let text = "";
    socket.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    socket.on("end", () => resolve(text.trim()));
    socket.on("error", reject);
    socket.end(`${line}\n`);
  });
}
