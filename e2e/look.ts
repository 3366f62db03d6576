/** Takes one picture: node e2e/look.ts <path> <file> [light|dark] [width] [call|ready] */
import { launchBrowser } from "./browser.ts";
import { aSession } from "./fixtures/demo-data.ts";
import { ordinaryService, withCall } from "./fixtures/scenarios.ts";

const [path = "/desk", file = "/tmp/look.png", scheme = "light", width = "1440", mode = "call"] =
  process.argv.slice(2);
const service = await ordinaryService();
if (mode === "call") withCall(service);
if (path === "/board")
  service.answer("readSession", aSession({ role: "supervisor", displayName: "Sam Supervision" }));
const browser = await launchBrowser();
const page = await browser.newPage({
  viewport: { width: Number(width), height: 900 },
  colorScheme: scheme === "dark" ? "dark" : "light",
});
page.on("console", (message) => process.stderr.write(`${message.type()}: ${message.text()}\n`));
page.on("pageerror", (error) => process.stderr.write(`page: ${error.stack}\n`));
await page.goto(service.url + path);
await page.waitForLoadState("load");
await page.waitForTimeout(1500);
await page.screenshot({ path: file, fullPage: mode !== "view" });
await browser.close();
await service.close();
process.exit(0);
