import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

interface GoToProps {
  readonly page: "/sign-in" | "/desk" | "/board";
  /** Where the sign-in leads afterwards. */
  readonly returnTo?: string;
}

/**
 * Leads to another page, once, as it was told first: on the way it is drawn again with the new location. The router's own `Navigate` goes
 * again each time, and where its going draws it again the page never answers.
 */
export function GoTo(props: GoToProps): null {
  const navigate = useNavigate();
  const [{ page, returnTo }] = useState(props);
  useEffect(() => {
    const search = returnTo === undefined ? {} : { returnTo };
    navigate({ to: page, search, replace: true }).catch(() => {});
  }, [navigate, page, returnTo]);
  return null;
}
