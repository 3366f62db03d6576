import type { Validity } from "@careline/portal-contract/adverse-events/schemas.ts";
import { IconCircle, IconCircleCheckFilled } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useT } from "../i18n/index.ts";
import classes from "./intake.module.css";

interface ValidityMeterProps {
  readonly validity: Validity;
  readonly isSerious: boolean;
}

const criteria = ["patient", "reporter", "reaction", "drug"] as const;

/** The four criteria of a valid report, as they are met; an incomplete report is kept all the same. */
export function ValidityMeter({ validity, isSerious }: ValidityMeterProps): ReactElement {
  const t = useT();
  const met = criteria.filter((criterion) => validity[criterion]).length;
  return (
    <div className={classes.meter} role="status">
      <strong>{t("adverseEvents.meter", { met, of: criteria.length })}</strong>
      <ul className={classes.criteria}>
        {criteria.map((criterion) => {
          const Icon = validity[criterion] ? IconCircleCheckFilled : IconCircle;
          return (
            <li key={criterion} className={validity[criterion] ? classes.met : classes.open}>
              <Icon size={16} aria-hidden="true" />
              {t(`adverseEvents.criterion.${criterion}`)}
              <span className={classes.hidden}>
                {validity[criterion] ? t("adverseEvents.met") : t("adverseEvents.missing")}
              </span>
            </li>
          );
        })}
      </ul>
      {isSerious && <span className={classes.serious}>{t("adverseEvents.serious")}</span>}
    </div>
  );
}
