import { createContext, useContext } from "react";
import type { SignedIn } from "./session.ts";

const PersonContext = createContext<SignedIn | null>(null);

export const PersonProvider = PersonContext.Provider;

/** The person at this desk. Only below the signed-in layout. */
export function usePerson(): SignedIn {
  const person = useContext(PersonContext);
  if (person === null) throw new Error("usePerson is for pages of signed-in people");
  return person;
}
