/** How fast a simulated agent works. Milliseconds; each wait but typing is drawn between half and one and a half of it. */
export interface Pace {
  /**
   * Between two autosaves while the agent types, and two signs of activity while not, ±20 %: a timer of the screen, not a person.
   * Also the resolution of the outage, which counts from the last success.
   */
  readonly typingMs: number;
  /** Between two steps of a call. */
  readonly thinkMs: number;
  /** How long caller and agent talk. */
  readonly talkMs: number;
  /** Between a closed call and the next. */
  readonly restMs: number;
  /** Share of calls with an adverse event. */
  readonly adverseEventShare: number;
}

/** A drill's pace: faster than a person, so that each agent's outage is seen within half a second. */
const drillPace: Pace = {
  typingMs: 400,
  thinkMs: 800,
  talkMs: 6_000,
  restMs: 500,
  adverseEventShare: 0.15,
};

/** Agents whose drafts together keep both regions, the front door and themselves busy on two cores: 125 writes a second. */
const fullCrew = 50;

/** A drill's pace for a crew: more agents than fifty type as much together as fifty do, so that a larger crowd is not another load. */
export function paceOfCrew(size: number): Pace {
  const share = Math.max(1, size / fullCrew);
  return { ...drillPace, typingMs: drillPace.typingMs * share, restMs: drillPace.restMs * share };
}
