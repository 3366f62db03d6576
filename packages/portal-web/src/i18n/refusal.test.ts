import { problems } from "@careline/portal-contract/problems.ts";
import { beforeAll, expect, it } from "vitest";
import { english } from "./en/index.ts";
import { changeLanguage, refusal, startTranslations, t } from "./index.ts";

beforeAll(() => startTranslations("en"));

it("says why something was refused and what to do, in the language of the screen, with the code", async () => {
  expect(refusal(t, "AGENT_UNAVAILABLE")).toBe(
    "This colleague takes no calls right now. Choose another. (AGENT_UNAVAILABLE)",
  );
  await changeLanguage("es");
  expect(refusal(t, "AGENT_UNAVAILABLE")).toMatch(/^Este compañero .* \(AGENT_UNAVAILABLE\)$/);
  await changeLanguage("en");
});
it("names the code alone where nothing better is known", () => {
  expect(refusal(t, "INTERNAL")).toBe("The service refused this (INTERNAL).");
  expect(refusal(t, "toString")).toBe("The service refused this (toString).");
});
it("explains only codes that exist", () => {
  const codes = Object.keys(english.errors.because).filter((code) => code !== "UNREACHABLE");
  expect(codes.filter((code) => !Object.hasOwn(problems, code))).toEqual([]);
});
