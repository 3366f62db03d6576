import type { DecideRules } from "../decide/index.ts";
import type { KeeperRules } from "../keeper/index.ts";
import type { ProcedureRules } from "../procedures/index.ts";
import type { BrowserRules } from "./browser.ts";
import type { PortalRules } from "./portal-rules.ts";
import type { RefusalRule } from "./receiver.ts";
import { defaultWorldRules, type WorldRules } from "./world.ts";

/** One deviation from the design: a sentence of it that is not followed, and what is done instead. */
export interface Mutation {
  readonly name: string;
  /** The sentence that is broken, as the design has it. */
  readonly sentence: string;
  readonly rules: WorldRules;
}

interface Broken {
  readonly keeper?: Partial<KeeperRules>;
  readonly decide?: Partial<DecideRules>;
  readonly procedures?: Partial<ProcedureRules>;
  readonly portal?: Partial<PortalRules>;
  readonly browser?: Partial<BrowserRules>;
  readonly receiver?: RefusalRule;
}

/** The rules as designed, but for what is named. */
export function rulesWith(broken: Broken): WorldRules {
  const { browser, controllers, keeper, portal, receiver } = defaultWorldRules;
  return {
    keeper: { ...keeper, ...broken.keeper },
    controllers: {
      decide: { ...controllers.decide, ...broken.decide },
      procedures: { ...controllers.procedures, ...broken.procedures },
    },
    receiver: broken.receiver ?? receiver,
    portal: { ...portal, ...broken.portal },
    browser: { ...browser, ...broken.browser },
  };
}

export function mutation(name: string, sentence: string, broken: Broken): Mutation {
  return { name, sentence, rules: rulesWith(broken) };
}
