import { Checkbox } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "urql";
import { graphql } from "../../gen";
import { useAct } from "../../lib/api/useAct";
import { useProofsAsked } from "../../lib/session/useSession";
import { SelectField, TextField } from "../../ui/Field";
import { FormDialog } from "../../ui/FormDialog";
import { toastGood } from "../../ui/toast";
import { useFields } from "../../ui/useFields";

const RecordOrderDocument = graphql(`
  mutation RecordOrder($input: RecordOrderInput!) {
    recordOrder(input: $input) {
      order {
        id
      }
      userErrors {
        field
        code
        message
      }
    }
  }
`);

const OrderPlacersDocument = graphql(`
  query OrderPlacers($number: Int!) {
    account(number: $number) {
      id
      members(first: 100) {
        nodes {
          id
          ended
          permissions
          user {
            id
            name
          }
        }
      }
    }
  }
`);

interface Props {
  accountId: string;
  number: number;
  /** Whether an order was noted. */
  onClose: (done: boolean) => void;
}

/** Notes an order that another system keeps. */
export function RecordOrderDialog({ accountId, number, onClose }: Props) {
  const { t } = useTranslation("admin");
  const { t: c } = useTranslation("common");
  const proofs = useProofsAsked();
  const [verificationRequired, setVerificationRequired] = useState(false);
  const [record, busy] = useAct(RecordOrderDocument);
  const [{ data }] = useQuery({ query: OrderPlacersDocument, variables: { number } });
  const fields = useFields({ number: "", placedById: "" });
  const placers = (data?.account?.members?.nodes ?? []).filter(
    ({ ended, permissions }) => !ended && permissions.includes("ORDERS"),
  );
  const submit = async () => {
    const { number, placedById } = fields.values;
    const outcome = await record({
      input: {
        accountId,
        number,
        ...(placedById && { placedById }),
        ...(verificationRequired && { verificationRequired }),
      },
    });
    if (!outcome.ok) return fields.refuse(outcome.userErrors);
    toastGood(t("orders.done"));
    onClose(true);
  };
  return (
    <FormDialog
      opened
      onClose={() => onClose(false)}
      onSubmit={submit}
      title={t("orders.record")}
      text={t("orders.recordText")}
      submit={t("orders.submit")}
      busy={busy}
      problems={fields.problems}
      answer={fields.answer}
    >
      <TextField {...fields.input("number")} label={t("orders.number")} maxLength={50} data-autofocus />
      <SelectField
        label={t("orders.placedBy")}
        data={[
          { value: "", label: t("orders.staff") },
          ...placers.map(({ user }) => ({ value: user.id, label: user.name })),
        ]}
        value={fields.values.placedById}
        error={fields.input("placedById").error}
        onChange={({ currentTarget }) => fields.set("placedById", currentTarget.value)}
      />
      {proofs && (
        <Checkbox
          label={c("verification.required")}
          description={t("orders.verificationHint")}
          checked={verificationRequired}
          onChange={({ currentTarget }) => setVerificationRequired(currentTarget.checked)}
        />
      )}
    </FormDialog>
  );
}
