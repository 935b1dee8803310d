import { Button } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { faultText } from "../lib/api/faultText";
import { PasswordField } from "../ui/Field";
import classes from "./Bar.module.css";
import { ExplorerFault, isToken, type Who, whoIs } from "./identity";

/** Takes an API token, once the API does. */
export function TokenForm({ onToken }: { onToken: (secret: string, who: Who) => void }) {
  const { t } = useTranslation("explorer");
  const { t: tCommon } = useTranslation();
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string>();
  const [asking, setAsking] = useState(false);

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const secret = text.trim();
    if (!isToken(secret)) {
      setProblem(t("token.malformed"));
      return;
    }
    setAsking(true);
    try {
      onToken(secret, await whoIs(secret));
    } catch (error) {
      const fault = error instanceof ExplorerFault ? error.fault : ({ code: "OFFLINE" } as const);
      setProblem(fault.code === "UNAUTHENTICATED" ? t("token.refused") : faultText(tCommon, fault));
      setAsking(false);
    }
  };
  return (
    <form className={classes.token} onSubmit={(event) => void submit(event)} noValidate>
      <PasswordField
        label={t("token.label")}
        description={t("token.hint")}
        error={problem}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setProblem(undefined);
        }}
        // No browser shall offer to keep it.
        autoComplete="off"
        inputContainer={(input) => (
          <div className={classes.row}>
            <div className={classes.field} dir="ltr">
              {input}
            </div>
            <Button type="submit" loading={asking}>
              {t("token.use")}
            </Button>
          </div>
        )}
      />
    </form>
  );
}
