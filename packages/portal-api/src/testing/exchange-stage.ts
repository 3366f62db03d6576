import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom, uuidV7 } from "@careline/platform";
import { type AnswerOf, routes } from "@careline/portal-contract";
import type {
  CarrierCall,
  CarrierCommand,
  ProviderEvent,
} from "@careline/portal-contract/telephony/schemas.ts";
import { agentsHandlers } from "../agents/index.ts";
import { callsHandlers } from "../calls/index.ts";
import { fillDatabase } from "../demo/index.ts";
import { exchangeTurn, reconcileTurn, Wake } from "../exchange/index.ts";
import { queueHandlers } from "../queue/index.ts";
import type { Session } from "../serving/index.ts";
import { signWebhook, type TelephonyProvider, webhookHandlers } from "../telephony/index.ts";
import type { DomainStage, StageAnswer, StageHouse, StageRequest } from "./domain-stage.ts";

const secret = "the secret of this stage";
/** The portal's own name in webhooks' signatures; `other.test` is the other region's. */
export const webhookHost = "portal.test";
const path = "/webhooks/telephony/simulator";

/** A provider whose calls the test states; it carries out what the portal commands. */
class StatedProvider implements TelephonyProvider {
  readonly name = "simulator";
  readonly held = new Map<string, CarrierCall>();
  readonly commands: { id: string; command: CarrierCommand["command"] }[] = [];
  send(id: string, { command }: CarrierCommand): Promise<boolean | null> {
    this.commands.push({ id, command });
    return Promise.resolve(this.held.has(id));
  }
  calls(): Promise<readonly CarrierCall[]> {
    return Promise.resolve([...this.held.values()]);
  }
}

/** The exchange of a region: two agents, queues, and a provider whose events arrive as signed webhooks. */
export class ExchangeStage {
  readonly provider = new StatedProvider();
  readonly stage: DomainStage;
  /** Both speak Spanish and English. */
  readonly ada: Session;
  readonly ben: Session;
  readonly #wake = new Wake();
  readonly #signal = new AbortController().signal;

  constructor(stage: DomainStage, people: { readonly ada: Session; readonly ben: Session }) {
    this.stage = stage;
    this.ada = people.ada;
    this.ben = people.ben;
  }

  get #deps() {
    const { provider } = this;
    return {
      ...this.stage.services,
      provider,
      wake: this.#wake,
      tickMs: 10,
      preferredSeconds: 20,
    };
  }
  turn(): Promise<unknown> {
    return exchangeTurn(this.#deps, this.#signal);
  }
  reconcile(): Promise<unknown> {
    return reconcileTurn(this.#deps, this.#signal);
  }

  anEvent(providerCallId: string, sequence: number, data: ProviderEvent["data"]): ProviderEvent {
    const now = this.stage.clock.wallNow();
    return {
      eventId: uuidV7(now.getTime(), systemRandom),
      providerCallId,
      sequence,
      occurredAt: now.toISOString(),
      data,
    };
  }
  anArrival(providerCallId: string, over: object = {}): ProviderEvent {
    return this.anEvent(providerCallId, 1, {
      kind: "arrived",
      from: "+15555550100",
      queueCode: "safety",
      language: "en",
      statedReason: "side effect",
      priority: 5,
      ...over,
    });
  }
  /** The request with which the provider tells `events`, signed for `signedHost`. */
  webhook(events: readonly ProviderEvent[], signedHost = webhookHost) {
    const body = JSON.stringify({ events });
    const timestampSeconds = Math.floor(this.stage.clock.wallNow().getTime() / 1_000);
    const signature = signWebhook(secret, { timestampSeconds, host: signedHost, path, body });
    const headers = new Map([
      ["careline-webhook-timestamp", String(timestampSeconds)],
      ["careline-webhook-signature", signature],
    ]);
    return {
      params: { provider: "simulator" },
      body: { events },
      signed: { rawBody: Buffer.from(body), headers },
    } satisfies StageRequest;
  }
  async tell(
    ...events: ProviderEvent[]
  ): Promise<StageAnswer<(typeof routes)["receiveTelephonyEvents"]>> {
    const answer = await this.stage.ask(routes.receiveTelephonyEvents, null, this.webhook(events));
    await this.turn();
    return answer;
  }

  async goAvailable(who: Session): Promise<void> {
    await this.stage.ask(routes.setPresence, who, { body: { state: "available" } });
  }
  async current(who: Session): Promise<AnswerOf<(typeof routes)["readCurrentCalls"]>> {
    return (await this.stage.ask(routes.readCurrentCalls, who)).body;
  }
  /** A call that rings at `who`. */
  async ringing(who: Session, id = "p1"): Promise<string> {
    this.provider.held.set(id, { providerCallId: id } as CarrierCall);
    await this.goAvailable(who);
    await this.tell(this.anArrival(id));
    await this.turn();
    const { offer } = await this.current(who);
    if (offer === null) throw new Error("nothing rings");
    return offer.callId;
  }
  async connected(who: Session, id = "p1"): Promise<string> {
    const callId = await this.ringing(who, id);
    await this.stage.ask(routes.answerCall, who, { params: { callId }, body: {} });
    await this.turn();
    return callId;
  }
  async callRow(callId: string): Promise<Record<string, unknown>> {
    const [row] = await this.stage.owner`select * from portal.call_logs where call_id = ${callId}`;
    return row ?? {};
  }
  async states(): Promise<string[]> {
    const rows = await this.stage
      .owner`select state from portal.call_logs order by created_date, call_id`;
    return rows.map((row) => String(row.state));
  }
}

/** Opens a stage of `house` with its exchange. Webhooks of both regions' names are taken. */
export async function openExchangeStage(house: StageHouse): Promise<ExchangeStage> {
  const stage = await house.open();
  await fillDatabase(stage.owner, stage.cipher, { agents: 4, patients: 0 });
  const secrets = mkdtempSync(join(tmpdir(), "careline-secret-"));
  try {
    writeFileSync(join(secrets, "webhook"), secret);
    const telephony = {
      provider: "simulator" as const,
      url: "https://carrier.test",
      ca: "",
      tokenFile: "",
      webhookSecretFile: join(secrets, "webhook"),
      webhookHosts: [webhookHost, "other.test"],
      answerTimeoutMs: 1_000,
    };
    stage.handlers = [
      ...agentsHandlers,
      ...callsHandlers,
      ...queueHandlers,
      ...webhookHandlers(telephony, () => undefined),
    ];
  } finally {
    rmSync(secrets, { recursive: true });
  }
  const [ada, ben] = [await stage.sessionOf("agent001"), await stage.sessionOf("agent004")];
  return new ExchangeStage(stage, { ada, ben });
}
