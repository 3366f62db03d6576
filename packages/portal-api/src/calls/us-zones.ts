/** Time zones in which people of a US state may live (IANA names; 49 CFR part 71). A state in several zones has several. */
const statesByZone: Readonly<Record<string, string>> = {
  "America/New_York": "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC TN VA VT WV",
  "America/Chicago": "AL AR FL IA IL IN KS KY LA MI MN MO MS ND NE OK SD TN TX WI",
  "America/Denver": "CO ID KS MT ND NE NM NV OR SD TX UT WY",
  "America/Phoenix": "AZ",
  "America/Los_Angeles": "CA ID NV OR WA",
  "America/Anchorage": "AK",
  "America/Adak": "AK",
  "Pacific/Honolulu": "HI",
  "America/Puerto_Rico": "PR VI",
  "Pacific/Guam": "GU MP",
  "Pacific/Pago_Pago": "AS",
};

/** Every zone somebody of these states may be in, in a fixed order; empty when no state is known. */
export function zonesOfStates(states: readonly string[]): readonly string[] {
  return Object.entries(statesByZone)
    .filter(([, list]) => list.split(" ").some((state) => states.includes(state)))
    .map(([zone]) => zone);
}
