import { type Random, seededRandom } from "@careline/platform";

/** Nobody. Names say so, numbers are those reserved for fiction, SSNs begin with 000, which is never issued. */
export interface DemoPatient {
  readonly number: number;
  readonly mrn: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly dateOfBirth: string;
  readonly sex: "female" | "male";
  readonly ssn: string;
  readonly email: string;
  readonly phone: string;
  readonly address: string;
  readonly city: string;
  readonly state: string;
  readonly zipCode: string;
  readonly insuranceProvider: string;
  readonly insurancePolicyNumber: string;
  readonly preferredLanguage: string;
  readonly safeContact: string | null;
  readonly isRestricted: boolean;
}

const femaleNames = [
  "Ada",
  "Berta",
  "Carmen",
  "Dora",
  "Elena",
  "Flora",
  "Greta",
  "Hilda",
  "Inés",
  "Juno",
];
const maleNames = [
  "Anton",
  "Bruno",
  "Carlos",
  "Diego",
  "Emil",
  "Felix",
  "Gus",
  "Hugo",
  "Ivo",
  "Jonas",
];
const lastNames = [
  "Andemo",
  "Anfiction",
  "Bexample",
  "Belieu",
  "Cofiction",
  "Conjured",
  "Demoson",
  "Demóstrez",
  "Devised",
  "Fictional",
  "Imaginary",
  "Madeup",
  "Makebelieve",
  "Nowhere",
  "Pretend",
  "Sampleton",
  "Sampleström",
  "Testperson",
  "Testov",
  "Wishful",
];
const states = ["CO", "NY", "TX", "CA", "WA", "FL", "IL", "MA"];
const cities = ["Sampletown", "Demoville", "Fiction Falls", "Port Pretend"];
const insurers = ["Imaginary Mutual", "Fictional Health", "Sample Shield"];

/** How many callers the carrier lets call; the first patients share their numbers, the first 25 of them twice. */
const carrierCallers = 50;
const sharedNumbers = 75;

function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[Math.floor(random.next() * items.length)];
  if (item === undefined) throw new RangeError("nothing to choose from");
  return item;
}
const digits = (count: number, random: Random): string =>
  String(Math.floor(random.next() * 10 ** count)).padStart(count, "0");

function phoneOf(number: number, random: Random): string {
  if (number <= sharedNumbers) {
    return `+1555555${String(100 + ((number - 1) % carrierCallers)).padStart(4, "0")}`;
  }
  // 555-0100 to 555-0199 of every area are reserved for fiction (ATIS-0300115).
  return `+1${200 + Math.floor(random.next() * 800)}55501${digits(2, random)}`;
}

/** The demonstration patient of this number (from 1): the same on every machine. */
export function demoPatient(number: number): DemoPatient {
  const random = seededRandom(number);
  const sex = random.next() < 0.5 ? "female" : "male";
  const firstName = pick(sex === "female" ? femaleNames : maleNames, random);
  const lastName = pick(lastNames, random);
  const birth = new Date(
    Date.UTC(1930, 0, 1) + Math.floor(random.next() * 90 * 365.25) * 86_400_000,
  );
  return {
    number,
    mrn: `DEMO-${String(number).padStart(7, "0")}`,
    firstName,
    lastName,
    dateOfBirth: birth.toISOString().slice(0, 10),
    sex,
    ssn: `000-${digits(2, random)}-${digits(4, random)}`,
    email: `patient${number}@example.com`,
    phone: phoneOf(number, random),
    address: `${100 + (number % 900)} Fictional Street`,
    city: pick(cities, random),
    state: pick(states, random),
    zipCode: `000${digits(2, random)}`,
    insuranceProvider: pick(insurers, random),
    insurancePolicyNumber: `POL-${digits(8, random)}`,
    preferredLanguage: random.next() < 0.2 ? "es" : "en",
    safeContact: number % 40 === 0 ? "Call after 18:00 only; leave no message." : null,
    isRestricted: number % 200 === 0,
  };
}

export interface DemoAgent {
  readonly login: string;
  readonly role: "agent" | "supervisor" | "manager" | "admin";
  readonly firstName: string;
  readonly lastName: string;
  readonly employeeId: string;
  /** From 1; null for those without a team. */
  readonly team: number | null;
  readonly permissions: readonly string[];
  readonly languages: readonly string[];
}

const agentNames = [...femaleNames, ...maleNames];
/** Five teams of a hundred; two supervisors each. */
export const demoTeams = 5;
const supervisors = 10;

function demoStaff(
  login: string,
  role: DemoAgent["role"],
  number: number,
  over: Partial<DemoAgent> = {},
): DemoAgent {
  const firstName = agentNames[number % agentNames.length] ?? "Ada";
  return {
    login,
    role,
    firstName,
    lastName: `Demo ${login.replace(/\D/g, "")}`.trim(),
    employeeId: `DEMO-${login}`,
    team: null,
    permissions: [],
    languages: ["en"],
    ...over,
  };
}

/** Staff: `agents` agents, ten supervisors, a manager, an administrator. Every third agent speaks Spanish. */
export function demoAgents(agents: number): readonly DemoAgent[] {
  const numbered = (prefix: string, count: number, width: number): string[] =>
    Array.from(
      { length: count },
      (_, index) => `${prefix}${String(index + 1).padStart(width, "0")}`,
    );
  return [
    ...numbered("agent", agents, 3).map((login, index) =>
      demoStaff(login, "agent", index, {
        team: Math.floor(index / 100) + 1,
        languages: index % 3 === 0 ? ["en", "es"] : ["en"],
      }),
    ),
    ...numbered("supervisor", supervisors, 2).map((login, index) =>
      demoStaff(login, "supervisor", index + 3, {
        team: (index % demoTeams) + 1,
        languages: ["en", "es"],
      }),
    ),
    demoStaff("manager01", "manager", 7, { permissions: ["auditor"] }),
    demoStaff("admin01", "admin", 11, { permissions: ["auditor"] }),
  ];
}
