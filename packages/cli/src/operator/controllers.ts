import { request } from "node:https";
import { type Clock, readTlsFiles } from "@careline/platform";
import { z } from "zod";
import { CliError } from "../cli-error.ts";
import type { OperatorConfig } from "./operator-config.ts";

/** One controller is given this long before the next is asked. */
const answerWithinMs = 4000;

const problemSchema = z.looseObject({
  code: z.string(),
  detail: z.string().optional(),
  title: z.string().optional(),
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Speaks to whichever controller answers; the data plane and the portal are not needed. */
export interface Controllers {
  /** Asks one after another until one answers. Errors: NO_CONTROLLER, REFUSED. */
  get(path: string, signal: AbortSignal): Promise<unknown>;
  /**
   * Sends a command to one controller that was seen to answer, and never twice.
   * Errors: NO_CONTROLLER, REFUSED.
   */
  send(method: "POST" | "PUT", path: string, body: unknown, signal: AbortSignal): Promise<unknown>;
  /** The controllers one by one, for what lies in one region only. */
  readonly sites: readonly SiteController[];
}

/** One site's controller. Errors: NO_CONTROLLER, REFUSED. */
export interface SiteController {
  readonly site: string;
  ask(
    method: "GET" | "POST" | "PUT",
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<unknown>;
}

/** What one controller does beside others may take long: reading a copy of a region, a forced store. */
const longAnswerWithinMs = 120_000;

/** The controllers of an operator's configuration. */
export function connectControllers(config: OperatorConfig, clock: Clock): Controllers {
  const tls = readTlsFiles(config.tls);
  const exchange = (
    url: string,
    method: string,
    body: unknown,
    signal: AbortSignal,
    withinMs = answerWithinMs,
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const limited = AbortSignal.any([signal, clock.deadline(withinMs)]);
      const sent = request(
        url,
        {
          ...tls,
          method,
          minVersion: "TLSv1.3",
          servername: "localhost",
          agent: false,
          signal: limited,
          headers: body === undefined ? {} : { "content-type": "application/json" },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (part: string) => {
            text += part;
          });
          response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
          response.on("error", reject);
        },
      );
      sent.on("error", reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });

  const firstAnswer = async (
    path: string,
    signal: AbortSignal,
  ): Promise<{ readonly answer: Answer; readonly url: string }> => {
    const failures: string[] = [];
    for (const { site, url } of config.controllers) {
      try {
        const answer = await exchange(new URL(path, url).href, "GET", undefined, signal);
        // A controller that cannot reach the quorum knows less than the others: ask on.
        if (answer.status < 500) return { answer, url };
        failures.push(`${site}: answered ${answer.status}`);
      } catch (thrown) {
        if (signal.aborted) throw signal.reason;
        failures.push(`${site}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      }
    }
    throw new CliError("NO_CONTROLLER", `no controller answers (${failures.join("; ")})`);
  };

  const siteController = (site: string, base: string): SiteController => ({
    site,
    ask: async (method, path, body, signal) => {
      const url = new URL(path, base).href;
      let answer: Answer;
      try {
        answer = await exchange(url, method, body, signal, longAnswerWithinMs);
      } catch (cause) {
        if (signal.aborted) throw signal.reason;
        throw new CliError("NO_CONTROLLER", `the controller of ${site} does not answer`, { cause });
      }
      return read(answer);
    },
  });

  return {
    sites: config.controllers.map(({ site, url }) => siteController(site, url)),
    get: async (path, signal) => read((await firstAnswer(path, signal)).answer),
    send: async (method, path, body, signal) => {
      const { url } = await firstAnswer("/v1/status", signal);
      return read(await exchange(new URL(path, url).href, method, body, signal));
    },
  };
}

function read(answer: Answer): unknown {
  const body: unknown = answer.text === "" ? null : JSON.parse(answer.text);
  if (answer.status < 400) return body;
  const problem = problemSchema.safeParse(body);
  const why = problem.success
    ? `${problem.data.code}: ${problem.data.detail ?? problem.data.title ?? ""}`
    : `answered ${answer.status}`;
  throw new CliError("REFUSED", why);
}
