import { Button } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type FragmentType, graphql, readFragment } from "../../gen";
import { fieldErrors } from "../../lib/api/fieldErrors";
import { useAct } from "../../lib/api/useAct";
import { useFormats } from "../../lib/format";
import { useCan, useSession } from "../../lib/session/useSession";
import { StatusIcon } from "../../ui/StatusIcon";
import { toastBad, toastGood } from "../../ui/toast";
import classes from "./SecuritySection.module.css";

const LockItemsFragment = graphql(`
  fragment LockItems_user on User {
    id
    name
    signInLock {
      until
    }
    secondFactorLock {
      until
    }
  }
`);

const ClearUserLockDocument = graphql(`
  mutation ClearUserLock($input: ClearUserLockInput!) {
    clearUserLock(input: $input) {
      user {
        id
        signInLock {
          until
        }
        secondFactorLock {
          until
        }
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

/** What too many wrong tries have locked, until when, and the way to open it at once. Nothing where all is open. */
export function LockItems({ user: masked }: { user: FragmentType<typeof LockItemsFragment> }) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const user = readFragment(LockItemsFragment, masked);
  const formats = useFormats();
  const can = useCan();
  const { viewer } = useSession();
  const [clear, busy] = useAct(ClearUserLockDocument);
  const unlock = async () => {
    const outcome = await clear({ input: { userId: user.id } });
    if (outcome.ok) return toastGood(t("lock.cleared", { name: user.name }));
    for (const text of fieldErrors(c, outcome.userErrors, []).rest) toastBad(text);
  };
  const locks = [
    { what: "signIn", lock: user.signInLock },
    { what: "secondFactor", lock: user.secondFactorLock },
  ] as const;
  return locks.map(
    ({ what, lock }) =>
      lock && (
        <li key={what} className={classes.item}>
          <StatusIcon icon={IconLock} label={t("lock.locked")} bad />
          <div className={classes.words}>
            <h3>{t(`lock.${what}`)}</h3>
            <p>{lock.until ? t("lock.until", { moment: formats.dateTime(lock.until) }) : t("lock.forGood")}</p>
          </div>
          {can("RESET_USER_PASSWORD") && user.id !== viewer.user?.id && (
            <Button variant="default" size="xs" loading={busy} onClick={() => void unlock()}>
              {t("lock.clear")}
            </Button>
          )}
        </li>
      ),
  );
}
