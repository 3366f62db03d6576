import { randomUUID } from "node:crypto";
import { systemClock } from "@careline/platform";
import { expect, it } from "vitest";
import { takeStartTurn } from "./start-turn.ts";

it("lets one start of a lab go on at a time, and other labs beside it", async () => {
  const { signal } = new AbortController();
  const dir = `/nowhere/${randomUUID()}`;
  const order: string[] = [];
  const endFirst = await takeStartTurn(dir, systemClock, signal);
  const second = takeStartTurn(dir, systemClock, signal).then((end) => {
    order.push("second");
    end();
  });
  const endOther = await takeStartTurn(`${dir}-other`, systemClock, signal);
  endOther();
  order.push("first ends");
  endFirst();
  await second;
  expect(order).toEqual(["first ends", "second"]);
});

it("waits no longer than its caller does", async () => {
  const stopping = new AbortController();
  const dir = `/nowhere/${randomUUID()}`;
  const end = await takeStartTurn(dir, systemClock, stopping.signal);
  const waiting = takeStartTurn(dir, systemClock, stopping.signal);
  stopping.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  end();
});
