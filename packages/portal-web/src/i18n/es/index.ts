import { adverseEvents } from "./adverse-events.ts";
import { board } from "./board.ts";
import { desk } from "./desk.ts";
import { errors } from "./errors.ts";
import { followUps } from "./follow-ups.ts";
import { identity } from "./identity.ts";
import { outbox } from "./outbox.ts";
import { patients } from "./patients.ts";
import { shell } from "./shell.ts";
import { shortcuts } from "./shortcuts.ts";
import { simulator } from "./simulator.ts";
import { status } from "./status.ts";

export const spanish = {
  shell,
  followUps,
  identity,
  status,
  shortcuts,
  errors,
  outbox,
  desk,
  patients,
  adverseEvents,
  board,
  simulator,
};
