import { join } from "node:path";
import type { z } from "zod";
import type { carrierConfigSchema } from "../carrier/index.ts";
import type { IdentityAccount, IdentityConfig } from "../identity-provider/index.ts";
import { ensureSecret, ensureSecretText, type Layout } from "../layout/index.ts";
import type { ProcessSpec } from "../supervisor/index.ts";
import { nodeSpec, waves } from "./spec.ts";
import { writeConfig } from "./write-config.ts";

export const portalClientId = "careline-portal";

/** The address that browsers know. */
export function frontDoorOrigin(layout: Layout): string {
  return `https://localhost:${layout.ports.frontDoor}`;
}

/** The identity provider's own address, in every token. */
export function issuerOf(layout: Layout): string {
  return `https://localhost:${layout.ports.identityProvider}`;
}

/** The stand-in for a directory such as Entra ID. */
export function identityProviderProcess(layout: Layout): ProcessSpec {
  const dir = layout.processDir("edge", "identity-provider");
  const origin = frontDoorOrigin(layout);
  const config: IdentityConfig = {
    listen: { host: "127.0.0.1", port: layout.ports.identityProvider },
    tls: layout.tls("identity-provider", "edge"),
    issuer: issuerOf(layout),
    client: {
      id: portalClientId,
      secretFile: ensureSecret(layout, "identity-client-secret"),
      redirectUris: [`${origin}/auth/callback`],
      afterSignOutUris: [`${origin}/sign-in?reason=signed-out`, `${origin}/`],
    },
    accountsFile: writeConfig(layout, "accounts.json", { accounts: demoAccounts() }),
    passwordFile: ensureSecretText(layout, "identity-demo-password", demoPassword),
    totpSeedFile: ensureSecret(layout, "identity-totp-seed"),
    cookieKeyFile: ensureSecret(layout, "identity-cookie-key"),
    dataDir: join(dir, "data"),
  };
  writeConfig(layout, "identity-provider.edge.json", config);
  return nodeSpec(layout, "identity-provider", "edge", "lab/src/identity-provider/main.ts", {
    wave: waves.services,
    name: "identity-provider",
    dirs: [join(dir, "data")],
    ready: { kind: "port", port: layout.ports.identityProvider },
  });
}

/** Meant to be read from a screen and typed; the second factor is what differs per installation. */
function demoPassword(): string {
  return "fictional-but-mine";
}

/** The same people as the demonstration data: their subjects are `demo|<login>`. */
export function demoAccounts(): readonly IdentityAccount[] {
  const numbered = (prefix: string, count: number, digits: number, group: string) =>
    Array.from({ length: count }, (_, index) => ({
      login: `${prefix}${String(index + 1).padStart(digits, "0")}`,
      group,
    }));
  return [
    ...numbered("agent", 500, 3, "agents"),
    ...numbered("supervisor", 10, 2, "supervisors"),
    ...numbered("manager", 1, 2, "managers"),
    ...numbered("admin", 1, 2, "admins"),
  ].map(({ login, group }) => ({
    login,
    subject: `demo|${login}`,
    name: `${login.charAt(0).toUpperCase()}${login.slice(1)} (fictional)`,
    email: `${login}@careline.example`,
    groups: [group],
  }));
}

/** The telephony simulator. It reaches the portal through the front door, as a real carrier would. */
export function carrierProcess(layout: Layout): ProcessSpec {
  const dir = layout.processDir("edge", "carrier");
  const config: z.input<typeof carrierConfigSchema> = {
    listen: { host: "127.0.0.1", port: layout.ports.carrier },
    tls: layout.tls("carrier", "edge"),
    tokenFile: ensureSecret(layout, "carrier-token"),
    webhook: {
      url: `${frontDoorOrigin(layout)}/webhooks/telephony/simulator`,
      secretFile: ensureSecret(layout, "carrier-webhook-secret"),
      ca: layout.authorityFile,
    },
    stateFile: join(dir, "state.json"),
  };
  writeConfig(layout, "carrier.edge.json", config);
  return nodeSpec(layout, "carrier", "edge", "lab/src/carrier/main.ts", {
    wave: waves.portals,
    name: "carrier",
    ready: { kind: "port", port: layout.ports.carrier },
  });
}
