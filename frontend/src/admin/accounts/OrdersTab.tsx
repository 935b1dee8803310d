import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { OrdersSection } from "../../lib/orders/OrdersSection";
import { useCan } from "../../lib/session/useSession";
import { RecordOrderDialog } from "./RecordOrderDialog";

/** The orders of an account, and the way to note another. */
export function OrdersTab({ number }: { number: number }) {
  const { t } = useTranslation("admin");
  const can = useCan();
  return (
    <OrdersSection
      number={number}
      lead={t("orders.lead")}
      actions={(accountId, reload) =>
        can("EDIT_ACCOUNTS") && <RecordOrder accountId={accountId} number={number} onRecorded={reload} />
      }
    />
  );
}

interface Props {
  accountId: string;
  number: number;
  onRecorded: () => void;
}

function RecordOrder({ accountId, number, onRecorded }: Props) {
  const { t } = useTranslation("admin");
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
        onClick={() => setOpen(true)}
      >
        {t("orders.record")}
      </Button>
      {open && (
        <RecordOrderDialog
          accountId={accountId}
          number={number}
          onClose={(done) => {
            setOpen(false);
            if (done) onRecorded();
          }}
        />
      )}
    </>
  );
}
