import { readFileSync } from "node:fs";
import { request } from "node:https";
import type { Stage } from "./lab.ts";

interface PlacedCall {
  readonly queueCode: string;
  readonly language: string;
  readonly statedReason: string;
  /** One of the carrier's callers when left out. */
  readonly phone?: string;
  /** 1 is offered before 5, whoever waits longer. */
  readonly priority?: number;
}

/** Lets a fictional caller call a queue, at the lab's own carrier. */
export async function callQueue(stage: Stage, call: PlacedCall): Promise<void> {
  const { layout } = stage;
  const config = JSON.parse(readFileSync(layout.configFile("carrier.edge.json"), "utf8")) as {
    tokenFile: string;
    listen: { port: number };
  };
  const token = readFileSync(config.tokenFile, "utf8").trim();
  const body = JSON.stringify({ ...call, patienceSeconds: 300 });
  await new Promise<void>((resolve, reject) => {
    const sent = request(
      {
        host: "127.0.0.1",
        servername: "localhost",
        port: config.listen.port,
        path: "/v1/calls",
        method: "POST",
        ca: readFileSync(layout.authorityFile),
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        },
      },
      (answer) => {
        answer.resume();
        answer.on("end", () =>
          (answer.statusCode ?? 500) < 300
            ? resolve()
            : reject(new Error(`the carrier answered ${answer.statusCode}`)),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
