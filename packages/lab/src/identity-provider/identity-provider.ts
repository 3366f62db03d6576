import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { join } from "node:path";
import {
  type Clock,
  createMetrics,
  describeError,
  type Logger,
  readSecret,
  readTlsFiles,
} from "@careline/platform";
import { Provider } from "oidc-provider";
import { FailureLimit } from "./failure-limit.ts";
import { openFileStore } from "./file-adapter.ts";
import {
  accountsFileSchema,
  type IdentityAccount,
  type IdentityConfig,
} from "./identity-config.ts";
import { pageHeaders, problemPage } from "./pages.ts";
import { providerConfiguration } from "./provider-configuration.ts";
import { type SignInDeps, serveInteraction } from "./serve-interaction.ts";
import { ensureSigningKeys } from "./signing-keys.ts";

export interface RunningIdentityProvider {
  readonly server: Server;
  close(): Promise<void>;
}

/** Starts the directory's stand-in: OpenID Connect with its own password and one-time-code pages. */
export async function startIdentityProvider(
  config: IdentityConfig,
  clock: Clock,
  log: Logger,
): Promise<RunningIdentityProvider> {
  const accounts = readAccounts(config.accountsFile);
  const store = await openFileStore(join(config.dataDir, "records"), clock);
  const keys = await ensureSigningKeys(join(config.dataDir, "signing-keys.json"));
  const provider = new Provider(
    config.issuer,
    providerConfiguration({ config, adapter: store.adapter, keys, accounts }),
  );
  provider.on("server_error", (_, thrown) => log.error({ error: describeError(thrown) }, "failed"));
  const deps: SignInDeps = {
    provider,
    accounts,
    password: readSecret(config.passwordFile),
    totpSeed: readSecret(config.totpSeedFile),
    formTargets: [...new Set(config.client.redirectUris.map((uri) => new URL(uri).origin))],
    limit: new FailureLimit(clock),
    clock,
    log,
  };
  const answer = requestHandler(provider, deps, log);
  const server = createServer(
    { ...serverTls(config), minVersion: "TLSv1.3" },
    (request, response) => void answer(request, response),
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.listen.port, config.listen.host, resolve);
  });
  return {
    server,
    close: () => {
      store.close();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function serverTls(config: IdentityConfig): { cert: Buffer; key: Buffer } {
  const { cert, key } = readTlsFiles(config.tls);
  return { cert, key };
}

function readAccounts(file: string): ReadonlyMap<string, IdentityAccount> {
  const { accounts } = accountsFileSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  return new Map(accounts.map((account) => [account.login, account]));
}

function requestHandler(
  provider: Provider,
  deps: SignInDeps,
  log: Logger,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const protocol = provider.callback();
  const metrics = createMetrics("identity-provider", "edge");
  return async (request, response) => {
    try {
      const path = request.url?.split("?")[0] ?? "/";
      if (path.startsWith("/interaction/")) await serveInteraction(request, response, deps);
      else if (path === "/metrics") response.end(await metrics.metrics());
      else await protocol(request, response);
    } catch (thrown) {
      log.warn({ error: describeError(thrown) }, "request failed");
      if (response.headersSent) return;
      response.writeHead(400, pageHeaders([]));
      response.end(
        problemPage(
          "This sign-in cannot go on",
          "It was finished, is too old, or began in another browser. Go back to Careline and start again.",
          "SIGN_IN_EXPIRED",
        ),
      );
    }
  };
}
