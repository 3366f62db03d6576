import { type Layout, operators, sites } from "../layout/index.ts";
import { writeConfig } from "./write-config.ts";

/** One file per operator: where the controllers are, and whose certificate to show. */
export function writeOperatorConfigs(layout: Layout): void {
  for (const { name } of operators) {
    writeConfig(layout, `operator.${name}.json`, {
      controllers: sites.map((site) => ({
        site,
        url: `https://127.0.0.1:${layout.ports.reach("edge", site, "controller")}`,
      })),
      tls: layout.operatorTls(name),
    });
  }
}
