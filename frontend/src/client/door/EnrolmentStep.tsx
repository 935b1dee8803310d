import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FragmentType } from "../../gen";
import type { Fault } from "../../lib/api/fault";
import { passkeysSupported } from "../../lib/passkeys/browser";
import { useSession } from "../../lib/session/useSession";
import { useSignOut } from "../../lib/session/useSignOut";
import { ErrorState } from "../../ui/ErrorState";
import { Waiting } from "../../ui/Waiting";
import { AddPasskeyDialog } from "../security/AddPasskeyDialog";
import { BackupCodes } from "../security/BackupCodes";
import { EnrolmentForm, type EnrolmentFormFragment } from "../security/EnrolmentForm";
import { useStartEnrolment } from "../security/useStartEnrolment";
import { DoorCard } from "./DoorCard";

interface Props {
  /** Whose it is, as they typed it; empty when the page was loaded anew. */
  email: string;
  onSignedIn: () => Promise<void>;
  onStartOver: (because: "ended" | "wish") => void;
}

/**
 * A second factor is demanded before anything else: sets up an authenticator app and shows the codes, or a passkey; then
 * opens.
 */
export function EnrolmentStep({ email, onSignedIn, onStartOver }: Props) {
  const { t } = useTranslation("client");
  const signOut = useSignOut();
  const { passkeysAvailable } = useSession().installation;
  const [start] = useStartEnrolment({ quiet: true });
  const [totp, setTotp] = useState<FragmentType<typeof EnrolmentFormFragment>>();
  const [codes, setCodes] = useState<readonly string[]>();
  const [fault, setFault] = useState<Fault>();
  const [entering, setEntering] = useState(false);
  const [adding, setAdding] = useState(false);

  const enter = () => {
    setEntering(true);
    void onSignedIn();
  };
  const begin = async () => {
    setFault(undefined);
    const outcome = await start({});
    if (outcome.ok) return setTotp(outcome.payload.totp ?? undefined);
    if (!outcome.fault || outcome.fault.code === "UNAUTHENTICATED") return onStartOver("ended");
    setFault(outcome.fault);
  };
  const begun = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the step appears
  useEffect(() => {
    if (!begun.current) void begin();
    begun.current = true;
  }, []);

  if (codes) {
    return (
      <DoorCard key="codes" title={t("backupCodes.keep")} lead={t("backupCodes.text")} arrived>
        <div aria-busy={entering}>
          <BackupCodes codes={codes} email={email} onKept={enter} />
        </div>
      </DoorCard>
    );
  }
  return (
    <DoorCard
      key="app"
      title={t("enrolment.title")}
      lead={t("enrolment.demanded")}
      arrived
      foot={
        <>
          {passkeysAvailable && passkeysSupported() && (
            <Button variant="subtle" size="compact-sm" loading={entering} onClick={() => setAdding(true)}>
              {t("enrolment.usePasskey")}
            </Button>
          )}
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={async () => {
              await signOut();
              onStartOver("wish");
            }}
          >
            {t("enrolment.leave")}
          </Button>
        </>
      }
    >
      {fault ? (
        <ErrorState fault={fault} onRetry={begin} />
      ) : totp ? (
        <EnrolmentForm totp={totp} onDone={setCodes} onOver={begin} />
      ) : (
        <Waiting />
      )}
      {adding && (
        <AddPasskeyDialog
          onDone={() => {
            setAdding(false);
            enter();
          }}
          onClose={() => setAdding(false)}
        />
      )}
    </DoorCard>
  );
}
