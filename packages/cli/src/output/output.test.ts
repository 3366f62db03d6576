import { describe, expect, it } from "vitest";
import { formatBytes, formatElapsed, formatTable } from "./output.ts";

describe("what a person reads", () => {
  it("shows seconds below a minute and minutes above", () => {
    expect(formatElapsed(3000)).toBe("3.0 s");
    expect(formatElapsed(83_000)).toBe("1 min 23 s");
  });

  it("shows bytes in the largest unit that leaves a whole part", () => {
    expect([0, 1023, 1536, 5 * 2 ** 30].map(formatBytes)).toEqual([
      "0 B",
      "1023 B",
      "1.5 KiB",
      "5.0 GiB",
    ]);
  });

  it("lines columns up without blanks at the end", () => {
    expect(
      formatTable([
        ["name", "state"],
        ["etcd.east", "up"],
      ]),
    ).toBe("name       state\netcd.east  up");
  });
});
