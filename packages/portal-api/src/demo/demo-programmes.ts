/** Programmes and queues of the demonstration; the carrier's queue codes are the same. */
export const demoProgrammes = [
  {
    code: "fictizol-safety",
    callerId: "+15555550190",
    name: "Fictizol safety line",
    greeting: "Fictizol safety line, you speak with {name}. How can I help?",
    script: [
      "Ask what happened, to whom, and with which product.",
      "Four things make a report: a person, a reporter, a reaction, a product.",
      "Ask for a call-back number before anything else is long.",
    ],
    products: ["Fictizol 10 mg", "Fictizol 20 mg", "Placebex"],
    languages: ["en", "es"],
    queue: {
      code: "safety",
      name: "Safety reporting",
      skill: "safety",
      wrapUp: [
        ["case_recorded", "Adverse event recorded"],
        ["complaint_recorded", "Product complaint recorded"],
        ["information_given", "Information given"],
        ["no_report", "Nothing to report"],
      ],
    },
  },
  {
    code: "medical-information",
    callerId: "+15555550191",
    name: "Medical information",
    greeting: "Medical information, this is {name}.",
    script: ["Repeat the question in the caller's words.", "Answer from the approved text only."],
    products: ["Fictizol 10 mg", "Placebex"],
    languages: ["en"],
    queue: {
      code: "medinfo",
      name: "Medical information",
      skill: "medinfo",
      wrapUp: [
        ["answered", "Answered from approved text"],
        ["escalated", "Passed to second line"],
        ["callback_planned", "Callback planned"],
      ],
    },
  },
  {
    code: "demo-hospital",
    callerId: "+15555550192",
    name: "Demo General Hospital",
    greeting: "Demo General Hospital, {name} speaking.",
    script: ["Verify two identifiers before you speak about a patient."],
    products: [],
    languages: ["en", "es"],
    queue: {
      code: "hospital",
      name: "Hospital line",
      skill: "hospital",
      wrapUp: [
        ["appointment", "Appointment handled"],
        ["billing", "Billing question answered"],
        ["records", "Records request taken"],
        ["other", "Other"],
      ],
    },
  },
] as const;
